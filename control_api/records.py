"""What the store keeps, as plain values. All times are milliseconds since 1970 UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shared.agent_state import AgentState
from shared.call_state import FINAL_STATES, CallState, EndReason
from shared.ids import CallId, Identity, RoomName, RoomSid, WorkerId


class CallType(StrEnum):
    SUPPORT = "support"
    USER_TO_USER = "user-to-user"
    CONFERENCE = "conference"


@dataclass(frozen=True, slots=True)
class Call:
    """One call. The second block is what `control_api.call_facts.settle` derives from the facts; nobody else sets it
    but to decide an end."""

    id: CallId
    room_name: RoomName
    call_type: CallType
    caller_id: Identity
    caller_name: str = field(repr=False)
    created_at_ms: int
    callee_id: Identity | None = None
    ai_enabled: bool = True
    recording_enabled: bool = False
    """Whether the client asked for a recording."""
    voice: str = "alloy"
    """As asked; `control_api.voices` says what runs."""
    model: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict, repr=False)
    transcript_override: str | None = field(default=None, repr=False)
    version: int = 1
    opened_at_ms: int | None = None
    room_closed: bool = False
    """Nothing of this call is left at the media server."""

    status: CallState = CallState.PENDING
    connected_at_ms: int | None = None
    ended_at_ms: int | None = None
    end_reason: EndReason | None = None
    caller_joined_ms: int | None = None
    """When the caller came into the room for the first time."""
    caller_away_ms: int | None = None
    """Since when the caller, who had joined, is not in the room; None while they are."""
    room_finished_ms: int | None = None
    """When the media server said that the room of this call is over."""

    end_decided: bool = False
    """The end was decided (by a request, a worker, the upkeep), not inferred from who left: it stands as it is."""
    end_detail: str | None = None
    caller_seen_ms: int | None = None
    """By when the worker's reports prove the caller present, for when no webhook does."""
    agent_state: AgentState | None = None
    agent_identity: Identity | None = None
    agent_epoch: int = 0
    agent_worker_id: WorkerId | None = None
    agent_job_id: str | None = None
    agent_requested_ms: int | None = None
    """When this epoch's agent was first dispatched."""
    agent_dispatched_ms: int | None = None
    """When it was last dispatched."""
    agent_dispatches: int = 0
    agent_claimed_ms: int | None = None
    agent_joined_ms: int | None = None

    @property
    def is_final(self) -> bool:
        return self.status in FINAL_STATES


@dataclass(frozen=True, slots=True)
class Instructions:
    """The large texts of a call: written once, read only by a claim."""

    system_prompt: str = field(default="", repr=False)
    greeting: str | None = field(default=None, repr=False)


class LeftWhy(StrEnum):
    ON_PURPOSE = "on_purpose"
    """The client said that it leaves."""
    LOST = "lost"
    UNSEEN = "unseen"
    """The media server does not list them and nobody said why: the weakest evidence, which any other replaces."""


@dataclass(frozen=True, slots=True)
class Presence:
    """One stay of one participant in a room (a participant SID is never used again)."""

    participant_sid: str
    call_id: CallId
    room_sid: RoomSid
    identity: Identity
    joined_at_ms: int | None = None
    left_at_ms: int | None = None
    left_why: LeftWhy | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """One incarnation of a call's room: after a crash of the media server the same name has another SID."""

    room_sid: RoomSid
    call_id: CallId
    created_ms: int
    finished_ms: int | None = None


@dataclass(frozen=True, slots=True)
class StoredSegment:
    call_id: CallId
    segment_id: str
    speaker: str
    text: str = field(repr=False)
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class StoredTurn:
    call_id: CallId
    epoch: int
    turn: int
    response_ms: int | None
    interrupted: bool
    played_ms: int


@dataclass(frozen=True, slots=True)
class StoredUsage:
    call_id: CallId
    epoch: int
    seq: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    audio_tokens: int


@dataclass(frozen=True, slots=True)
class InboxEvent:
    event_id: str
    received_ms: int
    payload: Mapping[str, Any] = field(repr=False)
    """Sanitised: the raw body carries the room's TURN password and people's names."""


@dataclass(frozen=True, slots=True)
class CallPage:
    calls: tuple[Call, ...]
    total: int
