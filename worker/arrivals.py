"""When the sound of one microphone was heard, from when its frames came. Pure.

Frames come in bursts when the loop or the network was busy: late, never early. So the least lateness of the last while
is the path itself, and what a frame is later than that says nothing about when it was spoken.
"""

from __future__ import annotations

from collections import deque

SPAN_MS = 2_000
"""So far back the least lateness is looked for: a path that changes, or a clock that was set, is known after this."""


class Arrivals:
    """Counts one microphone without gaps; after a gap take another one."""

    def __init__(self) -> None:
        self._heard_ms = 0.0
        self._least: deque[tuple[float, float]] = deque()
        """(position, when the microphone's first sample came by this frame), each later than the one before it."""

    def came(self, frame_ms: float, now_ms: float) -> None:
        """A frame of so many ms has come."""
        self._heard_ms += frame_ms
        began_ms = now_ms - self._heard_ms
        while self._least and self._least[-1][1] >= began_ms:
            self._least.pop()
        self._least.append((self._heard_ms, began_ms))
        while self._least[0][0] < self._heard_ms - SPAN_MS:
            self._least.popleft()

    @property
    def newest_ms(self) -> float:
        """When the end of the newest frame was here, or would have been in time."""
        return self._least[0][1] + self._heard_ms
