"""The port to one conversation with a Realtime model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shared.call_report import Usage
from shared.call_state import EndReason
from worker.ports.audio import Pcm


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that the model may call. `parameters` is a JSON schema."""

    name: str
    description: str
    parameters: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """What was said before a session was opened."""

    by_agent: bool
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Brief:
    """How the model should be: what a session is opened with."""

    model: str
    voice: str
    instructions: str = field(repr=False)
    tools: Sequence[Tool] = ()
    history: Sequence[Said] = field(default=(), repr=False)
    """The conversation so far, oldest first: the model knows it and is not asked to answer it."""


@dataclass(frozen=True, slots=True)
class ModelReady:
    """The session is open; also after it was reopened."""


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    item_id: str
    at_ms: int
    """When the first sound of speech was spoken: milliseconds since 1970."""


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    item_id: str
    at_ms: int
    """When the last sound of speech was spoken; the event comes later by the silence that the detector waits for."""


@dataclass(frozen=True, slots=True)
class CallerWords:
    """The caller's words as the model's transcriber has them so far: the whole text of the item, not a piece."""

    item_id: str
    text: str = field(repr=False)
    final: bool


@dataclass(frozen=True, slots=True)
class AnswerStarted:
    response_id: str


@dataclass(frozen=True, slots=True)
class AnswerAudio:
    response_id: str
    item_id: str
    pcm: Pcm = field(repr=False)


@dataclass(frozen=True, slots=True)
class AnswerText:
    response_id: str
    item_id: str
    delta: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class AnswerItemDone:
    """No more audio or text of this item."""

    response_id: str
    item_id: str


@dataclass(frozen=True, slots=True)
class ToolCalled:
    response_id: str
    call_id: str
    name: str
    arguments: str = field(repr=False)


class AnswerStatus(StrEnum):
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class AnswerDone:
    response_id: str
    status: AnswerStatus
    error_code: str | None = None
    usage: Usage | None = None


@dataclass(frozen=True, slots=True)
class ModelAway:
    """The connection broke and is being tried again; what was being answered is gone."""


@dataclass(frozen=True, slots=True)
class ModelLost:
    """The model refuses or is gone for good: `reason` is one of the ``provider_*`` reasons."""

    reason: EndReason
    detail: str


ModelEvent = (
    ModelReady
    | SpeechStarted
    | SpeechStopped
    | CallerWords
    | AnswerStarted
    | AnswerAudio
    | AnswerText
    | AnswerItemDone
    | ToolCalled
    | AnswerDone
    | ModelAway
    | ModelLost
)


class RealtimeLink(ABC):
    """One conversation with a Realtime model. Used by one call, once: `open`, talk, `aclose`."""

    @abstractmethod
    async def open(self, brief: Brief, on_event: Callable[[ModelEvent], None]) -> None:
        """Start connecting and return at once; `ModelReady` or `ModelLost` follows."""

    @abstractmethod
    def hear(self, pcm: Pcm) -> None:
        """A frame of the caller's audio. Before `ModelReady` and while away the newest second is kept."""

    @abstractmethod
    def reply(self, instructions: str | None = None) -> None:
        """Ask for an answer now, of the model's own accord."""

    @abstractmethod
    def interrupt(self) -> None:
        """Stop the answer that is being made, if any."""

    @abstractmethod
    def truncate(self, item_id: str, heard_ms: int) -> None:
        """Make the model's memory of its item end where the caller stopped hearing it; 0 forgets the item."""

    @abstractmethod
    async def tool_result(self, call_id: str, name: str, output: str) -> None:
        """Give back what a tool returned; asks for no answer."""

    @property
    @abstractmethod
    def dropped_audio_ms(self) -> int:
        """How much of the caller's audio was too old to be worth sending, so far."""

    @abstractmethod
    async def aclose(self) -> None:
        """Hang up within about 1 s. Safe at any time, also twice. No event follows."""
