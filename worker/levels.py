"""Who was loudest, and when: whose words they were in a stream that several people speak into. Pure.

The model transcribes the mix and cannot say who spoke. But it says when an item's speech began and ended, and whoever
put the most energy into the mix in between is taken for its speaker. When two talk at the same time the words of both
are one item, which is the louder one's.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Sequence

from shared.ids import Identity

KEPT_ROUNDS = 3000
"""A minute; of a longer turn its last minute decides. The oldest are forgotten."""


class Levels:
    def __init__(self) -> None:
        self._rounds: deque[tuple[int, Sequence[tuple[Identity, float]]]] = deque(maxlen=KEPT_ROUNDS)

    def add(self, at_ms: int, powers: Sequence[tuple[Identity, float]]) -> None:
        """What each microphone put into 20 ms of the mix that were spoken just before `at_ms`."""
        self._rounds.append((at_ms, powers))

    def loudest(self, start_ms: int, end_ms: int) -> Identity | None:
        """Who was loudest between two moments; None when nothing was mixed, or nobody made a sound."""
        energy: defaultdict[Identity, float] = defaultdict(float)
        for at_ms, powers in reversed(self._rounds):
            if at_ms < start_ms:
                break
            if at_ms <= end_ms:
                for who, power in powers:
                    energy[who] += power
        loudest = max(energy.items(), key=lambda item: item[1], default=None)
        return loudest[0] if loudest is not None and loudest[1] > 0 else None
