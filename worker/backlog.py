"""The caller's audio that could not be sent to the model yet. Pure.

After an outage nobody wants to hear the answer to what was said during it, and a burst of stale audio would also be
heard by the model's speech detector as one long turn: only the newest second is kept. And since it is caught up with
slowly (`worker.pace`), silence at its beginning would be delay for nothing.
"""

from __future__ import annotations

from collections import deque

from shared import pcm
from worker.loudness import is_loud
from worker.ports import Pcm, Queued

MAX_MS = 1000
LEAD_FRAMES = 5
"""What is kept before the first sound: a word begins softly."""


class AudioBacklog:
    def __init__(self, max_ms: int = MAX_MS) -> None:
        self._max_bytes = max_ms * pcm.BYTES_PER_MS
        self._frames: deque[Pcm] = deque()
        self._bytes = 0
        self.dropped_ms = 0.0
        """Dropped so far, oldest first."""

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def state(self) -> Queued:
        return Queued(pcm.ms_of(self._bytes), self.dropped_ms)

    def push(self, frame: Pcm) -> None:
        self._frames.append(frame)
        self._bytes += len(frame)
        while self._bytes > self._max_bytes and len(self._frames) > 1:
            self.dropped_ms += pcm.ms_of(len(self._frames[0]))
            self._bytes -= len(self._frames.popleft())

    def pop(self) -> Pcm:
        frame = self._frames.popleft()
        self._bytes -= len(frame)
        return frame

    def skip_silence(self) -> None:
        """Forget what comes before the first sound, but for `LEAD_FRAMES`. No loss, and not counted as one."""
        first_loud = next((at for at, frame in enumerate(self._frames) if is_loud(frame)), len(self._frames))
        for _ in range(first_loud - LEAD_FRAMES):
            self.pop()
