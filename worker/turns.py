"""How long the agent took to answer. Pure.

The response time of a turn runs from the end of the caller's speech to the first sound that is handed to the room. The
end of speech is where the model's own detector put it: its "speech stopped" minus the silence that it had to wait
for, in the audio's time. So it contains the detector's wait, which the caller also sits through.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from shared.call_report import Turn


@dataclass(slots=True)
class _Open:
    items: set[str] = field(default_factory=set)
    """That are not over."""
    turn: int | None = None
    """None: nothing of it has sounded."""
    response_ms: int | None = None
    played_ms: int = 0
    interrupted: bool = False
    done: bool = False
    """No more items will come."""


class Turns:
    """Counts the agent's answers from 1; one may have several items, as a model that thinks says something first. All
    times are milliseconds since 1970."""

    def __init__(self) -> None:
        self._count = 0
        self._speech_ended_ms: int | None = None
        self._open: dict[str, _Open] = {}
        self._answer_of: dict[str, str] = {}

    def caller_stopped(self, ended_ms: int) -> None:
        self._speech_ended_ms = ended_ms

    def caller_started(self) -> None:
        # What is said from here on answers what the caller says now, not what was said before.
        self._speech_ended_ms = None

    def says(self, response_id: str, item_id: str) -> None:
        """An item of an answer is in line to be said."""
        self._answer_of[item_id] = response_id
        self._open.setdefault(response_id, _Open()).items.add(item_id)

    def first_sound(self, item_id: str, at_ms: int) -> int | None:
        """The agent begins to be heard with this item. Gives the response time, if it answers anybody."""
        turn = self._open.get(self._answer_of.get(item_id, ""))
        response_ms = None if self._speech_ended_ms is None else max(at_ms - self._speech_ended_ms, 0)
        self._speech_ended_ms = None
        if turn is None or turn.turn is not None:
            return None
        self._count += 1
        turn.turn, turn.response_ms = self._count, response_ms
        return response_ms

    def over(self, item_id: str, played_ms: int, *, interrupted: bool) -> Turn | None:
        """An item was heard to its end, or cut. Gives the turn's report with the last one."""
        response_id = self._answer_of.pop(item_id, "")
        turn = self._open.get(response_id)
        if turn is None:
            return None
        turn.items.discard(item_id)
        turn.played_ms += played_ms
        turn.interrupted = turn.interrupted or interrupted
        return self._report_of(response_id)

    def answer_done(self, response_id: str) -> Turn | None:
        """No more items of the answer will come. Gives its report when all were heard."""
        if response_id in self._open:
            self._open[response_id].done = True
        return self._report_of(response_id)

    def answers_done(self) -> list[Turn]:
        """The same of all answers."""
        return [turn for response_id in list(self._open) if (turn := self.answer_done(response_id)) is not None]

    def _report_of(self, response_id: str) -> Turn | None:
        turn = self._open.get(response_id)
        # Of an answer that was interrupted, what still comes is not said.
        if turn is None or turn.items or not (turn.done or turn.interrupted):
            return None
        del self._open[response_id]
        return None if turn.turn is None else Turn(turn.turn, turn.response_ms, turn.interrupted, turn.played_ms)
