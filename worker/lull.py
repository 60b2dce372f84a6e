"""Whether the talk pauses: a moment in which something can be done to the model that nobody hears. Pure; seconds on one
growing clock.

A pause is not the silence between a question and its answer. So beside silence it takes that nothing is owed: an
answer that was asked for, the words of somebody who has spoken. What is owed and never comes is forgotten after
`OWED_S`.
"""

from __future__ import annotations

PAUSE_S = 0.5
OWED_S = 5.0

_ANSWER = ""
"""Owed under this name, which no item has."""


class Lull:
    def __init__(self) -> None:
        self._stirred_s = 0.0
        self._owed: dict[str, float] = {}

    def stirred(self, now_s: float) -> None:
        """Something was said, or the model told something."""
        self._stirred_s = max(self._stirred_s, now_s)

    def asked(self, now_s: float) -> None:
        """An answer is owed."""
        self._owed[_ANSWER] = now_s

    def answered(self) -> None:
        self._owed.pop(_ANSWER, None)

    def spoke(self, item_id: str, now_s: float) -> None:
        """Somebody has finished: an answer is owed, and their words."""
        self._owed[item_id] = self._owed[_ANSWER] = now_s

    def understood(self, item_id: str) -> None:
        """The words of the item are known, or never will be."""
        self._owed.pop(item_id, None)

    def lasts(self, now_s: float) -> bool:
        """Whether it is a pause now, and has been one for `PAUSE_S`."""
        for name, since_s in list(self._owed.items()):
            if now_s - since_s >= OWED_S:
                del self._owed[name]
        return not self._owed and now_s - self._stirred_s >= PAUSE_S
