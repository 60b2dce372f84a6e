"""The silence that a microphone owes when it stops sending in the middle of a word. Pure; milliseconds of any clock.

The model's detector ends a turn when it has heard silence. A client that mutes, or whose network takes a nap, sends
nothing at all, and the detector waits for ever. So when nothing comes, silence is put in its place, in real time and
for `TAIL_MS`: enough for every detector to end the turn. After that there is really nothing, as long as it lasts.
"""

from __future__ import annotations

from shared import pcm
from worker.ports import FRAME_MS

GAP_MS = 100
"""A network that stutters is no silence."""
TAIL_MS = 1000

SILENCE = bytes(pcm.bytes_of(FRAME_MS))


class Tail:
    def __init__(self) -> None:
        self._heard_ms: int | None = None
        self._filled_ms = 0

    def heard(self, now_ms: int) -> None:
        """Something real has come."""
        self._heard_ms, self._filled_ms = now_ms, 0

    def due(self, now_ms: int) -> int:
        """How many frames of silence are to be put in now."""
        if self._heard_ms is None or now_ms - self._heard_ms < GAP_MS:
            return 0
        frames = (min(now_ms - self._heard_ms, TAIL_MS) - self._filled_ms) // FRAME_MS
        self._filled_ms += frames * FRAME_MS
        return frames
