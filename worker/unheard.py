"""What of the agent's words was heard by nobody, since the path that they left by was dead. Pure; seconds on one
growing clock.

That a path has died is known seconds later. By then the agent has gone on speaking: of what is being said, and of what
was said to its end meanwhile, only that was heard which was played before. Where the agent paused in between, a little
too much counts as unheard: who hears something twice is better off than who never hears it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from shared.call_report import Turn
from worker.captions import AgentWords
from worker.playout import Heard

MAX_LATELY = 16
"""Items; a path is known to be dead within seconds."""


@dataclass(frozen=True, slots=True)
class Said:
    """An item that was over at this moment, as it was told then."""

    heard: Heard
    words: AgentWords
    turn: Turn | None
    ended_s: float


class Lately:
    def __init__(self) -> None:
        self._said: deque[Said] = deque(maxlen=MAX_LATELY)

    def add(self, said: Said) -> None:
        self._said.append(said)

    def unheard_since(self, alive_s: float) -> list[Said]:
        """What was told to be heard and was not, or not to its end, with what was; each once, oldest first."""
        found = [said for said in self._said if said.ended_s > alive_s and said.heard.heard_ms > 0]
        self._said = deque((said for said in self._said if said not in found), maxlen=MAX_LATELY)
        shorter: list[Said] = []
        unheard_ms = 0  # of items whose answer's turn was told with a later one, too
        for said in found:
            lost_ms = min(round((said.ended_s - alive_s) * 1000), said.heard.heard_ms)
            unheard_ms += lost_ms
            shorter.append(_without_last(said, lost_ms, unheard_ms))
            unheard_ms = 0 if said.turn is not None else unheard_ms
        return shorter


def _without_last(said: Said, lost_ms: int, of_turn_ms: int) -> Said:
    heard = replace(said.heard, heard_ms=said.heard.heard_ms - lost_ms, complete=False)
    if said.turn is None:
        return replace(said, heard=heard)
    turn = replace(said.turn, played_ms=max(said.turn.played_ms - of_turn_ms, 0), interrupted=True)
    return replace(said, heard=heard, turn=turn)


def without_last(said: Sequence[Heard], lost_ms: float) -> list[Heard]:
    """The items of one line of sound, first to last, of whose end so much was heard by nobody."""
    return list(reversed([*_backwards(reversed(said), round(lost_ms))]))


def _backwards(said: Iterable[Heard], left_ms: int) -> Iterable[Heard]:
    for heard in said:
        unheard_ms = min(heard.heard_ms, left_ms)
        left_ms -= unheard_ms
        yield replace(heard, heard_ms=heard.heard_ms - unheard_ms, complete=False) if unheard_ms else heard
