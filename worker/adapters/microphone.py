"""The frames of one person's microphone, each taken once.

A frame of an `rtc.AudioStream` goes through two queues, each with a task behind it. Here it is taken in the native
thread that brings it (`worker.adapters.ffi_events`), the loop is woken when there is something to hand on, and one
queue is left, the one that bounds how far behind a reader may be.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from livekit import rtc

from shared import pcm
from shared.log import get_logger
from worker.adapters.ffi_events import ffi_events
from worker.ports import FRAME_MS, MayWait, Pcm
from worker.stillness import Stillness
from worker.waiting import Bell

QUEUE_MS = 1000
"""What a slow reader may be behind; then the oldest is dropped."""
END_S = 5.0
"""The native stream tells its end in milliseconds."""

_log = get_logger(__name__)

_closing: set[asyncio.Task[None]] = set()


class Microphone:
    def __init__(self, track: rtc.RemoteTrack, frame_ms: int, may_wait: MayWait | None) -> None:
        """Begins to listen, on the running loop. To be closed by `aclose`."""
        self._loop = asyncio.get_running_loop()
        self._may_wait = may_wait if frame_ms == FRAME_MS else None
        self._stillness = Stillness()
        self._frames: deque[Pcm] = deque(maxlen=QUEUE_MS // frame_ms)
        self._arrived = Bell()
        self._events = ffi_events()
        self._stream = rtc.AudioStream(
            track, sample_rate=pcm.SAMPLE_RATE_HZ, num_channels=1, frame_size_ms=frame_ms, capacity=1
        )
        # Its own queue gets what is no frame: the end, which its own task waits for, and `aclose` for that task.
        self._handle = self._stream._ffi_handle.handle
        self._events.open_stream(self._handle, self._take)

    async def frames(self) -> AsyncIterator[Pcm]:
        """Without an end."""
        while True:
            while self._frames:
                yield self._frames.popleft()
            await self._arrived.heard()

    async def aclose(self) -> None:
        # Whose track ends just before the call does is cancelled twice, the second time in here. What is not taken down
        # then stays for ever: the stream's place in the table, by it the reader, by that the whole call and its room.
        closing = asyncio.create_task(self._close(), name="close a microphone")
        _closing.add(closing)
        closing.add_done_callback(_closing.discard)
        await asyncio.shield(closing)

    async def _close(self) -> None:
        try:
            async with asyncio.timeout(END_S):
                await self._stream.aclose()
        except TimeoutError:
            _log.warning("a native stream does not tell its end")
            self._events.unsubscribe(self._stream._ffi_queue)
        finally:
            self._events.close_stream(self._handle)

    def _take(self, samples: bytes) -> None:
        """In a native thread."""
        frame: Pcm | None = samples
        if self._may_wait is not None:
            frame = self._stillness.push(samples, may_wait=self._may_wait())
        if frame is not None and not self._loop.is_closed():
            self._frames.append(frame)
            self._loop.call_soon_threadsafe(self._arrived.ring)
