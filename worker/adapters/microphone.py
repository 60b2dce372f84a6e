"""The frames of one person's microphone, each taken once.

A frame of an `rtc.AudioStream` goes through two queues, each with a task behind it. Here it comes to the loop by one
call (`worker.adapters.ffi_events`), and one queue is left, the one that bounds how far behind a reader may be.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator

from livekit import rtc

from shared import pcm
from worker.adapters.ffi_events import ffi_events
from worker.ports import FRAME_MS, Pcm
from worker.waiting import Bell

QUEUE_MS = 1000
"""What a slow reader may be behind; then the oldest is dropped."""


class Microphone:
    def __init__(self, track: rtc.RemoteTrack, frame_ms: int = FRAME_MS) -> None:
        """Begins to listen. To be closed by `aclose`."""
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
        """Of `frame_ms` each, without an end."""
        while True:
            while self._frames:
                yield self._frames.popleft()
            await self._arrived.heard()

    async def aclose(self) -> None:
        await self._stream.aclose()
        self._events.close_stream(self._handle)

    def _take(self, samples: bytes) -> None:
        self._frames.append(samples)
        self._arrived.ring()
