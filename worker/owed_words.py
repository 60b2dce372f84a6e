"""Turns of the people whose words are still to come. Pure; seconds on one growing clock.

The model answers speech before it has told what was said, and sometimes it never tells: its transcriber fails, its
session is lost, the call is over. So who has spoken is remembered until the words are known, or given up.
"""

from __future__ import annotations

LATE_S = 15.0
"""Words that are not there by then are not waited for. If they come all the same, they are taken."""


class OwedWords:
    def __init__(self) -> None:
        self._since_s: dict[str, float] = {}

    def __bool__(self) -> bool:
        return bool(self._since_s)

    def spoke(self, item_id: str, now_s: float) -> None:
        """Somebody has finished."""
        self._since_s[item_id] = now_s

    def known(self, item_id: str) -> None:
        """The words of the item have come, or it is known that they do not."""
        self._since_s.pop(item_id, None)

    def late(self, now_s: float) -> list[str]:
        """Items that are given up now."""
        late = [item_id for item_id, since_s in self._since_s.items() if now_s - since_s >= LATE_S]
        for item_id in late:
            del self._since_s[item_id]
        return late

    def give_up(self) -> list[str]:
        """All that are open: nobody will tell of them any more."""
        given_up, self._since_s = list(self._since_s), {}
        return given_up
