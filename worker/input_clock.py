"""From a position in the audio that the model was sent to the time when it was spoken. Pure."""

from __future__ import annotations

MAX_LAG_MS = 15_000
"""A detector that is later than this, or early, is not believed: its event's arrival is taken instead."""


class InputClock:
    """Counts what one connection was sent, and knows when the newest of it was heard: of what has waited, before it was
    sent."""

    def __init__(self) -> None:
        self._sent_ms = 0.0
        self._sent_at_ms = 0

    def sent(self, ms: float, at_ms: int) -> None:
        """`at_ms`: when it was heard."""
        self._sent_ms += ms
        self._sent_at_ms = at_ms

    def reset(self) -> None:
        """A new connection counts from 0."""
        self._sent_ms = 0.0

    def spoken_at_ms(self, audio_ms: float | None, now_ms: int) -> int:
        """Milliseconds since 1970 of the position `audio_ms`; `now_ms` when it cannot be known."""
        if audio_ms is None:
            return now_ms
        spoken_ms = int(self._sent_at_ms - (self._sent_ms - audio_ms))
        return spoken_ms if now_ms - MAX_LAG_MS <= spoken_ms <= now_ms else now_ms
