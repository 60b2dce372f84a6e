"""The port to one conversation with a Realtime model."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shared.call_report import Usage
from shared.call_state import EndReason
from worker.ports.audio import Pcm, Queued


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
    """The session is open and set up as its brief says. Told again in answer to `RealtimeLink.probe`."""

    expires_at_ms: int | None = None
    """When the service will end it (milliseconds since 1970), where it says so."""
    transcription_off: str | None = None
    """Why the caller's words are not written down in it: the service's code. None: they are, or it is known already."""


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
class WordsFailed:
    """The transcriber has given the item up: no words of it will come."""

    item_id: str
    code: str


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
    is_whole: bool = True
    """False: it broke off, its last word may be half a one."""


@dataclass(frozen=True, slots=True)
class ToolCalled:
    response_id: str
    call_id: str
    name: str
    arguments: str = field(repr=False)


class AnswerStatus(StrEnum):
    COMPLETED = "completed"
    INCOMPLETE = "incomplete"
    """The service ended it before its end, for a reason of its own: its length, a filter."""
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class AnswerDone:
    response_id: str
    status: AnswerStatus
    error_code: str | None = None
    """Why it is not whole, where the service says so."""
    usage: Usage | None = None
    retry_after_s: float | None = None
    """When a failed one should be asked for again, where the service says so."""


@dataclass(frozen=True, slots=True)
class ReplyRefused:
    """An answer that was asked for will not begin: the service refused the request. `ANSWER_OPEN` as `code`: another
    answer is being made, and this one may be asked for when that is done."""

    code: str
    retry_after_s: float | None = None


ANSWER_OPEN = "conversation_already_has_active_response"


@dataclass(frozen=True, slots=True)
class ModelLost:
    """The session is over, or was never opened: nothing more comes from it. `reason` is one of the ``provider_*``
    reasons."""

    reason: EndReason
    detail: str
    is_final: bool = False
    """Another session would meet with the same: no key, no money, no such model."""
    retry_after_s: float | None = None
    """When another one should be tried, where the service says so."""


ModelEvent = (
    ModelReady
    | SpeechStarted
    | SpeechStopped
    | CallerWords
    | WordsFailed
    | AnswerStarted
    | AnswerAudio
    | AnswerText
    | AnswerItemDone
    | ToolCalled
    | AnswerDone
    | ReplyRefused
    | ModelLost
)


class RealtimeLink(ABC):
    """One session with a Realtime model over one connection. Used once: `open`, talk, `aclose`. It is never opened
    again by itself: after `ModelLost` it can only be closed."""

    @abstractmethod
    async def open(self, brief: Brief, on_event: Callable[[ModelEvent], None]) -> None:
        """Start connecting and return at once; `ModelReady` or `ModelLost` follows."""

    @abstractmethod
    def hear(self, pcm: Pcm, ago_ms: float = 0.0) -> None:
        """A frame of the caller's audio, which came so long ago. Before `ModelReady` the newest ten seconds are
        kept."""

    @property
    @abstractmethod
    def unsent(self) -> Queued:
        """What was heard and waits to be sent."""

    @abstractmethod
    def reply(self, instructions: str | None = None, *, with_tools: bool = True) -> None:
        """Ask for an answer now, of the model's own accord; `ReplyRefused` may follow."""

    @abstractmethod
    def write(self, text: str) -> None:
        """Put what a person has written behind all that was said; asks for no answer."""

    @abstractmethod
    def probe(self) -> None:
        """Ask for a sign of life: `ModelReady` follows."""

    @abstractmethod
    def listen_in(self) -> None:
        """Have written down what was said of a turn that goes on: final `CallerWords` of its item follow, if any words
        ever do, and no answer."""

    @abstractmethod
    def interrupt(self) -> None:
        """Stop the answer that is being made, if any."""

    @abstractmethod
    def truncate(self, item_id: str, heard_ms: int) -> None:
        """Make the model's memory of its item end where the caller stopped hearing it; 0 forgets the item."""

    @abstractmethod
    async def tool_result(self, call_id: str, name: str, output: str) -> None:
        """Give back what a tool returned; asks for no answer."""

    @abstractmethod
    async def aclose(self) -> None:
        """Hang up within about 1 s. Safe at any time, also twice. No event follows."""
