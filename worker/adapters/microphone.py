"""The frames of one person's microphone, each taken once.

The SDK offers every frame of the process to every `rtc.AudioStream` of it, and wakes each of them up to find out whose
it is: with N calls, N wake-ups a frame, N squared in all. And a frame that has found its stream goes through two
queues, each with a task behind it. Here the stream's place among the subscribers is taken by one that knows its stream
by the handle, and is called on the loop with the event itself; one queue is left, the one that bounds how far behind a
reader may be.

It stands on private names of the SDK (tests/unit/worker/test_private_names.py): the version is pinned.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any

from livekit import rtc
from livekit.rtc._ffi_client import FfiClient

from shared import pcm
from worker.ports import FRAME_MS, Pcm

QUEUE_MS = 1000
"""What a slow reader may be behind; then the oldest is dropped."""


class Microphone:
    def __init__(self, track: rtc.RemoteTrack, frame_ms: int = FRAME_MS) -> None:
        """Begins to listen. To be closed by `aclose`."""
        self._frames: deque[Pcm] = deque(maxlen=QUEUE_MS // frame_ms)
        self._arrived = asyncio.Event()
        self._stream = rtc.AudioStream(
            track, sample_rate=pcm.SAMPLE_RATE_HZ, num_channels=1, frame_size_ms=frame_ms, capacity=1
        )
        self._subscriber = _Subscriber(self._take)
        _take_the_place_of(self._stream, self._subscriber)

    async def frames(self) -> AsyncIterator[Pcm]:
        """Of `frame_ms` each, without an end."""
        while True:
            while self._frames:
                yield self._frames.popleft()
            self._arrived.clear()
            await self._arrived.wait()

    async def aclose(self) -> None:
        await self._stream.aclose()
        FfiClient.instance.queue.unsubscribe(self._subscriber)

    def _take(self, event: Any) -> None:
        told = event.audio_stream_event
        if told.HasField("frame_received"):
            self._frames.append(rtc.AudioFrame._from_owned_info(told.frame_received.frame).data.cast("B"))
            self._arrived.set()
        else:
            # The end: the stream's own task waits for it, and `aclose` for that task.
            self._stream._ffi_queue.put_nowait(event)


class _Subscriber:
    """What the SDK takes for a queue: it puts each event there on the loop."""

    def __init__(self, put_nowait: Callable[[Any], None]) -> None:
        self.put_nowait = put_nowait


def _take_the_place_of(stream: rtc.AudioStream, subscriber: Any) -> None:
    handle = stream._ffi_handle.handle
    queue = FfiClient.instance.queue
    with queue._lock:
        at = next(at for at, (known, _, _) in enumerate(queue._subscribers) if known is stream._ffi_queue)
        # Read of an event of another kind, this is the handle of nobody: 0.
        queue._subscribers[at] = (
            subscriber,
            stream._loop,
            lambda event: event.audio_stream_event.stream_handle == handle,
        )
