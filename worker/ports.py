"""What a call needs from the outside: a room, a Realtime model, the control API, a spool. Owned by the worker's core;
`worker.adapters` implements them, and no exception of an SDK crosses them.

Events come by a plain function call on the process's event loop, in order, and must be handled without awaiting: the
time between the model's "the caller speaks" and our silence is heard by the caller.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shared.call_report import Report, Usage
from shared.call_state import EndReason
from shared.claims import Claim, ClaimRequest
from shared.ids import CallId, Identity

Pcm = bytes | bytearray | memoryview
"""Mono s16le at 24 kHz (`shared.pcm`)."""


# ---------------------------------------------------------------------------------------------------------- the room


class AgentMood(StrEnum):
    """The values of LiveKit's ``lk.agent.state`` attribute."""

    INITIALIZING = "initializing"
    LISTENING = "listening"
    THINKING = "thinking"
    SPEAKING = "speaking"


class RoomCloseCause(StrEnum):
    DELETED = "deleted"
    """The room is gone: whoever closed it knows why."""
    REMOVED = "removed"
    """Somebody with the right to do so took the agent out."""
    SUPERSEDED = "superseded"
    """Another participant joined with the agent's identity."""
    LOST = "lost"
    """The media server went away and the SDK has given up coming back."""


@dataclass(frozen=True, slots=True)
class PersonJoined:
    identity: Identity


@dataclass(frozen=True, slots=True)
class PersonLeft:
    identity: Identity
    on_purpose: bool
    """True when their client said goodbye; False when it was lost, replaced or removed."""


@dataclass(frozen=True, slots=True)
class MicrophoneOn:
    """We are subscribed to a person's microphone; `CallRoom.microphone` may be read."""

    identity: Identity
    track_id: str


@dataclass(frozen=True, slots=True)
class MicrophoneOff:
    identity: Identity
    track_id: str


@dataclass(frozen=True, slots=True)
class AgentAudible:
    """Somebody is subscribed to the agent's track: what is said now is heard."""


@dataclass(frozen=True, slots=True)
class RoomClosed:
    cause: RoomCloseCause


RoomEvent = PersonJoined | PersonLeft | MicrophoneOn | MicrophoneOff | AgentAudible | RoomClosed


class RoomUnreachable(Exception):
    """The room could not be joined. `str()` is a short text without a token or an address."""


class CaptionStream(ABC):
    """One segment that is written while it is spoken."""

    @abstractmethod
    async def write(self, text: str) -> None:
        """Append `text`."""

    @abstractmethod
    async def finish(self) -> None:
        """Mark the segment as final. Nothing may follow."""


class CallRoom(ABC):
    """The agent's place in one LiveKit room. Used by one call, once: `join`, work, `leave`."""

    @abstractmethod
    async def join(self, on_event: Callable[[RoomEvent], None]) -> None:
        """Connect and publish the agent's track. People who are there already are told as `PersonJoined`, before the
        track is published. Raises `RoomUnreachable`."""

    @abstractmethod
    def microphone(self, track_id: str) -> AsyncIterator[Pcm]:
        """Frames of 20-50 ms, without an end: a reader is cancelled at `MicrophoneOff`. Holds about 1 s for a slow
        reader and drops the oldest."""

    @abstractmethod
    async def play(self, pcm: Pcm) -> None:
        """Hand at most 50 ms to the room. Returns as soon as it is queued; ordered by call, also with `stop_playing`.
        Raises `RoomUnreachable` when the room is gone."""

    @abstractmethod
    def queued_ms(self) -> float:
        """How much of what was handed over is not played yet."""

    @abstractmethod
    def stop_playing(self) -> None:
        """Forget what is queued, now. (The last sound is heard 50-60 ms later: network and jitter buffer.)"""

    @abstractmethod
    async def show_mood(self, mood: AgentMood) -> None: ...

    @abstractmethod
    async def caption(self, speaker: Identity, track_id: str | None, segment_id: str, text: str, final: bool) -> None:
        """Publish `text` as the whole of a person's segment; a later one with the same id replaces it."""

    @abstractmethod
    async def agent_caption(self, segment_id: str) -> CaptionStream: ...

    @abstractmethod
    async def tell(self, topic: str, payload: bytes) -> None:
        """A data message to everybody in the room. Does nothing in a room that is gone."""

    @abstractmethod
    async def leave(self) -> None:
        """Disconnect and free everything. Safe at any time, also twice."""


# --------------------------------------------------------------------------------------------------------- the model


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


# ----------------------------------------------------------------------------------------------------------- the API


class ClaimLost(Exception):
    """Somebody else has the call, or it is over: nobody should be offered this job again."""


class ApiUnreachable(Exception):
    """The API did not answer in time, or not sensibly: another worker may be luckier."""


class ReportsRefused(Exception):
    """The API understood the request and refuses it as a whole; the same bytes will be refused again."""


class ControlApi(ABC):
    @abstractmethod
    async def claim(self, request: ClaimRequest) -> Claim:
        """Answers within `shared.claims.TIMEOUT_S`. Raises `ClaimLost` or `ApiUnreachable`."""

    @abstractmethod
    async def deliver(self, reports: Sequence[Report]) -> int:
        """How many of them the API refused; they are done with all the same. Raises `ApiUnreachable` (send again) or
        `ReportsRefused`."""


@dataclass(frozen=True, slots=True)
class Batch:
    """The oldest reports of one call that are not acknowledged yet."""

    call_id: CallId
    epoch: int
    reports: tuple[Report, ...]


class Spool(ABC):
    """Reports that were not acknowledged yet, kept where they survive the process."""

    @abstractmethod
    def append(self, report: Report) -> bool:
        """Keep `report`; False when it was dropped for want of room (see the implementation's rule). Reports about how
        a call began or ended are never dropped."""

    @abstractmethod
    def oldest(self, max_reports: int) -> Batch | None:
        """The next ones to send, in the order of their `seq`; None when there is nothing to send."""

    @abstractmethod
    def acknowledge(self, batch: Batch) -> None:
        """Forget `batch`, which is what `oldest` gave last."""

    @abstractmethod
    def sync(self) -> None:
        """Make what was appended survive a crash of the machine. May block for milliseconds: call it off the loop."""

    @property
    @abstractmethod
    def size_bytes(self) -> int: ...

    @property
    @abstractmethod
    def dropped(self) -> int:
        """How many reports were dropped so far."""

    @abstractmethod
    def close(self) -> None: ...
