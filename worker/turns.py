"""How long the agent took to answer. Pure.

The response time of a turn runs from the end of the caller's speech to the first sound that is handed to the room. The
end of speech is where the model's own detector put it: its "speech stopped" minus the silence that it had to wait
for, in the audio's time. So it contains the detector's wait, which the caller also sits through.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.call_report import Turn


@dataclass(slots=True)
class _Open:
    turn: int
    response_ms: int | None


class Turns:
    """Counts the agent's answers from 1. All times are milliseconds since 1970."""

    def __init__(self) -> None:
        self._count = 0
        self._speech_ended_ms: int | None = None
        self._open: dict[str, _Open] = {}

    def caller_stopped(self, ended_ms: int) -> None:
        self._speech_ended_ms = ended_ms

    def caller_started(self) -> None:
        # What is said from here on answers what the caller says now, not what was said before.
        self._speech_ended_ms = None

    def first_sound(self, item_id: str, at_ms: int) -> int | None:
        """The agent begins to be heard with this item. Gives the response time, if it answers anybody."""
        response_ms = None if self._speech_ended_ms is None else max(at_ms - self._speech_ended_ms, 0)
        self._speech_ended_ms = None
        self._count += 1
        self._open[item_id] = _Open(self._count, response_ms)
        return response_ms

    def over(self, item_id: str, played_ms: int, *, interrupted: bool) -> Turn | None:
        """The turn's report; None for an item that never made a sound."""
        turn = self._open.pop(item_id, None)
        if turn is None:
            return None
        return Turn(turn.turn, turn.response_ms, interrupted, played_ms)
