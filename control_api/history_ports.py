"""What an operator asks of all calls together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from shared.call_state import CallState
from shared.ids import CallId, Identity, RoomName
from shared.tokens import Tokens

TokensByModel = Mapping[str | None, Tokens]
"""By the model that the call asked for last, as it asked (`Call.model`): None where it left that to the worker."""


@dataclass(frozen=True, slots=True)
class CallFilter:
    """Which calls; what is None does not matter."""

    user_id: Identity | None = None
    """Caller or callee."""
    status: CallState | None = None
    room_name: RoomName | None = None
    from_ms: int | None = None
    """Created then or later."""
    to_ms: int | None = None
    """Created before."""
    terms: tuple[tuple[str, ...], ...] = field(default=(), repr=False)
    """`control_api.spoken_terms`: each was said in the call."""
    with_agent: bool = False
    """Only open calls in which an agent is, or to which one is on its way."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Of the calls that were created in one stretch of time."""

    start_ms: int
    calls: int = 0
    answered: int = 0
    """Were connected, and have not failed."""
    missed: int = 0
    failed: int = 0
    """Before or after they were connected."""
    talk_s: int = 0
    """The durations of those that are over, each in whole seconds as its record has it."""
    answers: int = 0
    """Of the agents, to somebody who had spoken."""
    response_p50_ms: int | None = None
    response_p95_ms: int | None = None
    """Nearest rank."""
    tokens: TokensByModel = field(default_factory=dict)
    """Of the models that told of their usage."""

    @property
    def waiting(self) -> int:
        """Are open and were not connected yet: a call is one of the four."""
        return self.calls - self.answered - self.missed - self.failed


class HistoryTx(Protocol):
    def summaries(self, from_ms: int, to_ms: int, step_ms: int) -> list[Summary]:
        """One for each step from `from_ms` in which a call was created before `to_ms`, oldest first."""

    def tokens(self, call_id: CallId) -> Tokens: ...
