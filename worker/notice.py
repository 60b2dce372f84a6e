"""When it is said in a call that it is recorded. Pure; seconds on one growing clock.

A call that is recorded from its start hears it before anything else. The recording begins a moment after people have
met; until then nothing is said, so that the file has the notice from its first word. Any other recording has begun
when this hears of it, and the notice waits for a moment in which nobody speaks.
"""

from __future__ import annotations

CONNECT_S = 1.0
"""A recording may begin because somebody has just come, who does not hear the agent yet."""


class Notice:
    def __init__(self, *, comes_first: bool) -> None:
        """`comes_first`: the call is recorded from its start."""
        self._is_to_come_first = comes_first
        self._covers_recording = comes_first
        """What is said first counts for the recording that begins then."""
        self._due_s: float | None = None
        self.waits_for_recording = comes_first

    def first(self) -> bool:
        """Somebody is there to hear the agent. Whether the notice is the first thing to be said; true once."""
        is_to_come, self._is_to_come_first = self._is_to_come_first, False
        return is_to_come

    def recording_began(self, now_s: float) -> None:
        """One that people are to be told of; each is told here once."""
        self.waits_for_recording = False
        if self._covers_recording:
            self._covers_recording = False
        else:
            self._due_s = now_s + CONNECT_S

    def due(self, now_s: float, *, is_quiet: bool) -> bool:
        """Whether to say it now; true once for each recording. `is_quiet`: nobody would be talked over."""
        if self._due_s is None or now_s < self._due_s or not is_quiet:
            return False
        self._due_s = None
        return True
