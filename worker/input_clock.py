"""From a position in the audio that the model was sent to the time when it was spoken. Pure.

Where a detector says that speech began, it counts the padding in that it keeps before speech; and where there was not
as much (a session has just begun, or the turn before has just ended), it does not say how much it was. There the audio
itself is looked at: how loud each frame was is remembered for as long as a detector may lag.
"""

from __future__ import annotations

from collections import deque

from worker.loudness import AUDIBLE_RMS, LOUD_RMS

MAX_LAG_MS = 15_000
"""A detector that is later than this, or early, is not believed: its event's arrival is taken instead."""
ONSET_MS = 100
"""Of a voice: by then it is as loud as it will be."""
FAINTER = 8
"""-18 dB: so much softer than the voice is what is before it, also where the voice is a soft one."""


class InputClock:
    """Counts what one connection was sent, and knows when the newest of it was heard: of what has waited, before it was
    sent."""

    def __init__(self) -> None:
        self._sent_ms = 0.0
        self._sent_at_ms = 0
        self._frames: deque[tuple[float, float]] = deque()
        """Where each of the newest begins, and its loudness."""

    @property
    def sent_ms(self) -> float:
        return self._sent_ms

    def sent(self, ms: float, at_ms: int, rms: float = 0.0) -> None:
        """`at_ms`: when it was heard; `rms`: how loud it was."""
        self._frames.append((self._sent_ms, rms))
        while self._frames[0][0] < self._sent_ms - MAX_LAG_MS:
            self._frames.popleft()
        self._sent_ms += ms
        self._sent_at_ms = at_ms

    def reset(self) -> None:
        """A new connection counts from 0."""
        self._sent_ms = 0.0
        self._frames.clear()

    def voice_from_ms(self, from_ms: float, until_ms: float) -> float:
        """The position between these two at which somebody begins to be heard; the first when that cannot be known."""
        near = [(at_ms, rms) for at_ms, rms in self._frames if from_ms <= at_ms <= until_ms + ONSET_MS]
        loudest = max((rms for _, rms in near), default=0.0)
        least = max(min(loudest / FAINTER, LOUD_RMS), AUDIBLE_RMS)
        return next((min(at_ms, until_ms) for at_ms, rms in near if rms >= least), from_ms)

    def spoken_at_ms(self, audio_ms: float | None, now_ms: int) -> int:
        """Milliseconds since 1970 of the position `audio_ms`; `now_ms` when it cannot be known."""
        if audio_ms is None:
            return now_ms
        spoken_ms = int(self._sent_at_ms - (self._sent_ms - audio_ms))
        return spoken_ms if now_ms - MAX_LAG_MS <= spoken_ms <= now_ms else now_ms
