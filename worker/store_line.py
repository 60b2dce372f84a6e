"""Recordings that wait for the store: which is tried next, and when. Pure; seconds on one growing clock.

1. *What failed least often goes first*, so that a file which the store never takes holds up nobody.
2. *While the store is down* the next attempt begins after a pause that doubles up to `RETRY_MAX_S`, whichever file it
   is for, until one is taken. It waits for no other's end: that one may be a large file on a slow way.
3. *Nothing is given up.* After `GIVE_UP_S` without a store a recording is told to have failed; the file is kept, and
   stored when it can be.

How many are tried at the same time is up to those who ask.
"""

from __future__ import annotations

from dataclasses import dataclass

from worker.ports import WrittenPart

RETRY_MIN_S = 1.0
RETRY_MAX_S = 20.0
"""A recording may wait so long because another one was not taken; ready within a minute is promised."""
GIVE_UP_S = 24 * 3600.0


@dataclass(slots=True, eq=False)
class Waiting:
    written: WrittenPart
    since_s: float
    failures: int = 0
    told: bool = False
    """That it has failed."""


class StoreLine:
    def __init__(self) -> None:
        self._waiting: list[Waiting] = []
        self._tried = 0
        """How many are being tried."""
        self._pause_s = 0.0
        """Between two attempts; 0 while the store takes what it is given."""
        self._due_s = 0.0
        """When the next attempt may begin."""

    @property
    def is_empty(self) -> bool:
        return not (self._waiting or self._tried)

    def add(self, waiting: Waiting) -> None:
        self._waiting.append(waiting)

    def take(self, now_s: float) -> Waiting | None:
        """What to try now, to be given back by `done` or `failed`."""
        if not self._waiting or now_s < self._due_s:
            return None
        first = min(self._waiting, key=lambda one: one.failures)
        self._waiting.remove(first)
        self._tried += 1
        self._pause_s = min(self._pause_s * 2, RETRY_MAX_S)
        self._due_s = now_s + self._pause_s
        return first

    def wait_s(self, now_s: float) -> float | None:
        """After how long `take` gives something that it does not give now; None: when something is added."""
        return max(self._due_s - now_s, 0.0) if self._waiting else None

    def done(self) -> None:
        """The store has one that was taken."""
        self._tried -= 1
        self._pause_s = self._due_s = 0.0

    def failed(self, waiting: Waiting, now_s: float) -> None:
        self._tried -= 1
        waiting.failures += 1
        self._waiting.append(waiting)
        self._pause_s = self._pause_s or RETRY_MIN_S
        self._due_s = now_s + self._pause_s

    def overdue(self, now_s: float) -> list[Waiting]:
        """What is to be told to have failed: each once."""
        found = [one for one in self._waiting if not one.told and now_s - one.since_s >= GIVE_UP_S]
        for one in found:
            one.told = True
        return found
