"""How fast audio is sent to the model: hardly faster than it is spoken. Pure; seconds on one growing clock.

What waited while there was no session would be sent in one burst. The model's detector would hear a second of talk in
no time, and its service counts audio against a rate. So what waited is caught up with slowly. Only the first words of a
call, of which up to ten seconds may have waited, are given on faster: nobody would wait two minutes for being in time.
"""

from __future__ import annotations

RATE = 1.08
FIRST_RATE = 3.0
BURST_S = 0.06
"""A loop that was busy for so long may catch up at once. In no second more than 1.2 seconds of audio are sent."""


class Pace:
    def __init__(self) -> None:
        self._due_s = 0.0
        """When what was sent would have been spoken, at `RATE`."""

    def wait_s(self, now_s: float) -> float:
        """How long to wait before the next frame is sent."""
        return max(self._due_s - BURST_S - now_s, 0.0)

    def sent(self, audio_s: float, now_s: float, rate: float = RATE) -> None:
        self._due_s = max(self._due_s, now_s) + audio_s / rate
