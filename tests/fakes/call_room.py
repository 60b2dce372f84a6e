"""A room without a media server: it plays what it is given in the time of a fake clock, and can misbehave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from shared import pcm
from shared.clock import Clock
from shared.ids import Identity
from worker.ports import AgentMood, CallRoom, CaptionStream, MayWait, Pcm, RoomEvent, RoomUnreachable


@dataclass(slots=True)
class Shown:
    """A caption as a client shows it."""

    text: str = ""
    final: bool = False
    speaker: str = "agent"
    track_id: str | None = None


@dataclass(slots=True)
class FakeRoom(CallRoom):
    clock: Clock
    arrivals: list[RoomEvent] = field(default_factory=list)
    """Told while joining: who is there already."""
    may_join: asyncio.Event = field(default_factory=asyncio.Event)
    fail_join: bool = False
    fail_play: bool = False
    hang_on_leave: bool = False
    fail_stop: bool = False
    """`stop_playing` raises, as a native source does that is gone."""
    slow_captions: asyncio.Event | None = None
    """Captions wait for this."""
    moods: list[AgentMood] = field(default_factory=list)
    captions: dict[str, Shown] = field(default_factory=dict)
    caption_writes: int = 0
    told: list[tuple[str, bytes]] = field(default_factory=list)
    cuts: int = 0
    left: bool = False
    _on_event: Callable[[RoomEvent], None] | None = None
    _ends_s: float = 0.0
    _pushed_bytes: int = 0
    _microphones: dict[str, asyncio.Queue[Pcm]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.may_join.set()

    # ------------------------------------------------------------------------------------------ what a test does

    def emit(self, event: RoomEvent) -> None:
        assert self._on_event is not None, "nobody has joined"
        self._on_event(event)

    def speak(self, track_id: str, frame: Pcm) -> None:
        self._queue(track_id).put_nowait(frame)

    @property
    def heard_ms(self) -> float:
        """What was really played out until now."""
        return pcm.ms_of(self._pushed_bytes) - self.queued_ms()

    # ------------------------------------------------------------------------------------------------- the port

    async def join(self, on_event: Callable[[RoomEvent], None]) -> None:
        self._on_event = on_event
        await self.may_join.wait()
        if self.fail_join:
            raise RoomUnreachable("refused")
        for event in self.arrivals:
            on_event(event)

    async def microphone(self, track_id: str, may_wait: MayWait | None = None) -> AsyncIterator[Pcm]:
        while True:
            yield await self._queue(track_id).get()

    async def play(self, pcm_frame: Pcm) -> None:
        if self.fail_play:
            raise RoomUnreachable("gone")
        now_s = self.clock.monotonic_s()
        self._ends_s = max(self._ends_s, now_s) + pcm.ms_of(len(pcm_frame)) / 1000
        self._pushed_bytes += len(pcm_frame)
        await asyncio.sleep(0)

    def queued_ms(self) -> float:
        return max(self._ends_s - self.clock.monotonic_s(), 0.0) * 1000

    def stop_playing(self) -> None:
        if self.fail_stop:
            raise RuntimeError("no source")
        self._pushed_bytes -= pcm.bytes_of(self.queued_ms())
        self._ends_s = 0.0
        self.cuts += 1

    async def show_mood(self, mood: AgentMood) -> None:
        self.moods.append(mood)

    async def caption(self, speaker: Identity, track_id: str | None, segment_id: str, text: str, final: bool) -> None:
        if self.slow_captions is not None:
            await self.slow_captions.wait()
        self.caption_writes += 1
        self.captions[segment_id] = Shown(text, final, speaker, track_id)

    async def agent_caption(self, segment_id: str) -> CaptionStream:
        shown = self.captions[segment_id] = Shown()
        return _FakeStream(self, shown)

    async def tell(self, topic: str, payload: bytes) -> None:
        self.told.append((topic, payload))

    async def leave(self) -> None:
        if self.hang_on_leave:
            await asyncio.Event().wait()
        self.left = True
        self._on_event = None

    def _queue(self, track_id: str) -> asyncio.Queue[Pcm]:
        return self._microphones.setdefault(track_id, asyncio.Queue())


class _FakeStream(CaptionStream):
    def __init__(self, room: FakeRoom, shown: Shown) -> None:
        self._room = room
        self._shown = shown

    async def write(self, text: str) -> None:
        assert not self._shown.final, "nothing may follow the end of a segment"
        self._room.caption_writes += 1
        self._shown.text += text

    async def finish(self) -> None:
        self._shown.final = True
