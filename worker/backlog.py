"""The caller's audio that could not be sent to the model yet. Pure.

After an outage nobody wants to hear the answer to what was said during it, and a burst of stale audio would also be
heard by the model's speech detector as one long turn: only the newest second is kept. But the first words of a call are
no old news, however long the first session takes to be set up: what has waited since the beginning is kept for
`FIRST_MS`, until it is caught up with. And since that takes a while (`worker.pace`), silence at its beginning would be
delay for nothing.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from shared import pcm
from worker.loudness import is_loud
from worker.ports import Pcm, Queued

MAX_MS = 1000
FIRST_MS = 10_000
LEAD_FRAMES = 5
"""What is kept before the first sound: a word begins softly."""


class AudioBacklog:
    def __init__(self, max_ms: int = MAX_MS, first_ms: int = 0) -> None:
        self._max_bytes = max_ms * pcm.BYTES_PER_MS
        self._now_max_bytes = max(first_ms * pcm.BYTES_PER_MS, self._max_bytes)
        self._frames: deque[tuple[Pcm, int]] = deque()
        """Each with the time when it was heard."""
        self._bytes = 0
        self.dropped_ms = 0.0
        """Dropped so far, oldest first."""

    def __len__(self) -> int:
        return len(self._frames)

    @property
    def state(self) -> Queued:
        return Queued(pcm.ms_of(self._bytes), self.dropped_ms)

    @property
    def is_long(self) -> bool:
        """More waits than a session that stands would be behind: the first words of a call."""
        return self._bytes > self._max_bytes

    def push(self, frame: Pcm, heard_ms: int = 0) -> None:
        """`heard_ms`: when it was heard."""
        self._frames.append((frame, heard_ms))
        self._bytes += len(frame)
        while self._bytes > self._now_max_bytes and len(self._frames) > 1:
            self.dropped_ms += pcm.ms_of(len(self.pop()[0]))

    def pop(self) -> tuple[Pcm, int]:
        """The oldest, and when it was heard."""
        frame, heard_ms = self._frames.popleft()
        self._bytes -= len(frame)
        return frame, heard_ms

    def caught_up(self) -> None:
        """The session is set up and takes what is said: unless more waits, from now on the newest is kept."""
        if not self.is_long:
            self._now_max_bytes = self._max_bytes

    def skip_silence(self) -> None:
        """Forget what comes before the first sound, but for a lead. No loss, and not counted as one."""
        for _ in range(silent_lead([frame for frame, _ in self._frames])):
            self.pop()


def silent_lead(frames: Sequence[Pcm]) -> int:
    """How many frames come before the first sound, without `LEAD_FRAMES`."""
    first_loud = next((at for at, frame in enumerate(frames) if is_loud(frame)), len(frames))
    return max(first_loud - LEAD_FRAMES, 0)
