"""The port to one LiveKit room."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from enum import StrEnum

from shared.ids import Identity
from worker.ports.audio import MayWait, Pcm


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
    DEAF = "deaf"
    """The room goes on and we are in it, but somebody's microphone is not given to us, whatever was done about it."""


@dataclass(frozen=True, slots=True)
class PersonJoined:
    identity: Identity


@dataclass(frozen=True, slots=True)
class PersonLeft:
    identity: Identity
    on_purpose: bool
    """True when their client said goodbye; False when it was lost, replaced or removed."""
    unseen: bool = False
    """It is our own connection that was away: they may be there all the time, and are told as `PersonJoined` then."""


@dataclass(frozen=True, slots=True)
class PersonWrote:
    """A person has sent a message to the room's chat. `text` is not empty, and of a bounded length."""

    identity: Identity
    text: str = field(repr=False)


class LeftOut(StrEnum):
    """Why something that a person wrote is not read."""

    TOO_MANY = "too_many"
    TOO_LONG = "too_long"
    """Its beginning is read."""
    BROKE_OFF = "broke_off"


@dataclass(frozen=True, slots=True)
class MessageLeftOut:
    """They are told in the chat; of several in a short time once."""

    identity: Identity
    why: LeftOut


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
class MicrophoneMuted:
    """The person has muted the microphone, or (not `muted`) speaks through it again."""

    identity: Identity
    track_id: str
    muted: bool


@dataclass(frozen=True, slots=True)
class MicrophoneMissing:
    """A person's microphone is there, and we are not given it; it is asked for again. `MicrophoneOn` comes with it."""

    identity: Identity
    track_id: str


@dataclass(frozen=True, slots=True)
class MicrophoneFound:
    """What was missing is heard, or is there no more."""

    identity: Identity
    track_id: str
    after_ms: int
    """For so long it was there without being heard."""


@dataclass(frozen=True, slots=True)
class AgentAudible:
    """Somebody is subscribed to the agent's track: what is said now is heard."""


@dataclass(frozen=True, slots=True)
class PathGap:
    """For a while nothing got through to us, or nothing of ours, and it does again. Told when sound is known to be
    lost."""

    alive_s: float
    """Until when all had got through; as of `shared.clock.Clock.monotonic_s`."""
    lost_in: int
    lost_out: int
    """Packets (20 ms each) of people's sound, and of ours."""


@dataclass(frozen=True, slots=True)
class PathLost:
    """Nothing gets through any more, in one direction or both, and the media server is there: it is our own path.
    What was played since `alive_s` was heard by nobody. Told once."""

    alive_s: float


@dataclass(frozen=True, slots=True)
class RoomClosed:
    cause: RoomCloseCause


Microphone = MicrophoneOn | MicrophoneOff | MicrophoneMuted | MicrophoneMissing | MicrophoneFound
Message = PersonWrote | MessageLeftOut
RoomEvent = PersonJoined | PersonLeft | Message | Microphone | AgentAudible | PathGap | PathLost | RoomClosed


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
        track is published. Raises `RoomUnreachable`. When it does, or is cancelled, nobody stays in the room after
        `leave`, also if the connection comes about later."""

    @abstractmethod
    def microphone(self, track_id: str, may_wait: MayWait | None = None) -> AsyncIterator[Pcm]:
        """Frames of one length, without an end: a reader is cancelled at `MicrophoneOff`. Holds about 1 s for a slow
        reader and drops the oldest. While `may_wait()`, frames may be longer where nothing was heard for a while."""

    @abstractmethod
    async def play(self, pcm: Pcm) -> None:
        """Hand at most 100 ms to the room. Returns as soon as it is queued; ordered by call, also with `stop_playing`.
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
