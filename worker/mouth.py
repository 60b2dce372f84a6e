"""The one task that hands the agent's audio to the room.

It keeps the room's queue between two marks and sleeps in between. So the SDK never makes it wait inside
`capture_frame` (where each waiter is offered every media event of the whole process), a cut loses little, and the
position of the caller's ear is known at any moment. `cut` is a plain call: it is over when it returns, and the task
finds nothing left to say.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from shared.clock import Clock
from worker.playout import FRAME_MS, Heard, Playout
from worker.ports import CallRoom, Pcm, Queued
from worker.waiting import first_of

HIGH_MARK_MS = 200
LOW_MARK_MS = 100
"""Enough for a loop that is busy for a tenth of a second now and then."""


class Mouth:
    def __init__(
        self,
        room: CallRoom,
        clock: Clock,
        *,
        on_first_sound: Callable[[str], None],
        on_heard: Callable[[Heard], None],
    ) -> None:
        self._room = room
        self._clock = clock
        self._on_first_sound = on_first_sound
        self._on_heard = on_heard
        self._playout = Playout()
        self._wake = asyncio.Event()
        self._audible = False
        self._sounding: str | None = None

    @property
    def silent(self) -> bool:
        """Nothing is being said and nothing waits to be said."""
        return self._playout.idle

    @property
    def sounds(self) -> bool:
        """Something is heard, or will be in a moment; not so in the middle of an answer whose next sound is late."""
        return self._playout.waiting or self._room.queued_ms() > 0

    @property
    def unsaid(self) -> Queued:
        """What waits to be handed to the room."""
        return self._playout.state

    def open(self) -> None:
        """There is somebody to listen. What was said before waits for this."""
        self._audible = True
        self._wake.set()

    def say(self, item_id: str, audio: Pcm, *, unbroken: bool = False) -> None:
        """`unbroken`: nobody can interrupt it."""
        self._playout.add(item_id, audio, unbroken=unbroken)
        self._wake.set()

    def finish(self, item_id: str) -> None:
        """No more audio for this item."""
        self._playout.finish(item_id)
        self._wake.set()

    def finish_all(self) -> None:
        """The answer is over: no item gets more audio."""
        self._playout.finish_all()
        self._wake.set()

    def position(self) -> tuple[str, int] | None:
        """The item that is being heard, and how many ms of it were."""
        current = self._playout.current
        return None if current is None else (current, self._playout.heard_ms(self._room.queued_ms()))

    def cut(self) -> list[Heard]:
        """Be silent now, or as soon as an unbroken item is over. Gives what was cut and how much of it was heard, first
        to last."""
        said = self._playout.cut(self._room.queued_ms())
        if not self._playout.goes_on:
            self._room.stop_playing()
            self._sounding = None
        self._wake.set()
        return said

    def close(self) -> list[Heard]:
        """Nothing more will be said, not even to the end of an unbroken item. Gives the same as `cut`."""
        said = self._playout.cut(self._room.queued_ms(), whole=True)
        self._room.stop_playing()
        return said

    async def run(self) -> None:
        """Until cancelled. Raises `RoomUnreachable` when the room is gone."""
        while True:
            self._wake.clear()
            for heard in self._playout.settle(self._room.queued_ms()):
                self._on_heard(heard)
            if self._audible and self._playout.waiting:
                await self._fill()
            await self._rest()

    async def _fill(self) -> None:
        while self._room.queued_ms() + FRAME_MS <= HIGH_MARK_MS:
            frame = self._playout.next_frame()
            if frame is None:
                return
            item_id, audio = frame
            if item_id != self._sounding:
                self._sounding = item_id
                self._on_first_sound(item_id)
            await self._room.play(audio)

    async def _rest(self) -> None:
        queued_ms = self._room.queued_ms()
        if self._audible and self._playout.waiting:
            wait_ms = queued_ms - LOW_MARK_MS
        elif self._playout.ending:
            wait_ms = queued_ms
        else:
            await self._wake.wait()
            return
        await first_of(self._wake, self._clock, max(wait_ms, 1.0) / 1000)
