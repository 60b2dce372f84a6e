"""Replaces processes that have grown, one at a time: the fresh one is ready before the old one takes no more calls, so
that there is never less room for calls than there should be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from typing import Protocol

from shared.clock import Clock
from shared.log import get_logger
from worker.supervisor.crew import Crew
from worker.supervisor.renewal import Bounds, Reason, Seen, next_to_replace
from worker.waiting import first_of

LOOK_S = 2.0
AGAIN_S = 60.0
"""After a replacement that did not become ready."""
READY_WITHIN_S = 60.0
READY_LOOK_S = 1.0
READY_LOOKS = 2
"""In a row: by then the API has heard of the slots of who says that it is ready."""

SILENT_LOOKS = 15
"""The API takes who is silent for three seconds for dead, and gives its calls to others."""

_log = get_logger(__name__)


class Looks(Protocol):
    """What processes say of themselves, by name."""

    async def sizes(self, names: Iterable[str]) -> dict[str, Seen]:
        """Of those that answer."""
        ...

    async def is_ready(self, name: str) -> bool: ...


class Renewer:
    def __init__(self, crew: Crew, looks: Looks, bounds: Bounds, clock: Clock) -> None:
        self._crew = crew
        self._looks = looks
        self._bounds = bounds
        self._clock = clock
        self.replaced: Counter[Reason] = Counter()
        self._silent: dict[str, int] = {}
        """Who should leave and does not answer: for how many looks."""

    async def run(self) -> None:
        """Until all are to end."""
        pause_s = LOOK_S
        while not await first_of(self._crew.told, self._clock, pause_s):
            try:
                pause_s = LOOK_S if await self._look() else AGAIN_S
            except Exception:
                # Whatever it was: the processes are kept, and looked at again.
                _log.exception("looking after the worker processes failed")
                pause_s = AGAIN_S

    async def _look(self) -> bool:
        """False: a replacement failed."""
        found = await self._looks.sizes(self._crew.names)
        self._end_the_silent(found)
        if len(self._crew.names) >= 2 * self._crew.size:
            return True  # as many as ever: who was replaced has to leave first
        serving = {name: found[name] for name in self._crew.serving if name in found}
        due = next_to_replace(serving, self._bounds)
        return due is None or await self._replace(*due)

    def _end_the_silent(self, found: Collection[str]) -> None:
        """Who should leave and hangs would keep the next ones from being replaced. Its calls are with others by now."""
        silent = {name: self._silent.get(name, 0) + 1 for name in self._crew.retired if name not in found}
        for name, looks in silent.items():
            if looks >= SILENT_LOOKS:
                _log.error("worker process that should leave does not answer", process=name)
                self._crew.kill(name)
        self._silent = silent

    async def _replace(self, old: str, why: Reason) -> bool:
        fresh = self._crew.hire()
        _log.info("worker process is replaced", process=old, by=fresh, why=why.value)
        if not await self._becomes_ready(fresh):
            _log.error("the replacement does not become ready", process=fresh, stays=old)
            self._crew.retire(fresh)
            return False
        self._crew.retire(old)
        self.replaced[why] += 1
        return True

    async def _becomes_ready(self, name: str) -> bool:
        deadline_s, in_a_row = self._clock.monotonic_s() + READY_WITHIN_S, 0
        while self._clock.monotonic_s() < deadline_s:
            in_a_row = in_a_row + 1 if await self._looks.is_ready(name) else 0
            if in_a_row >= READY_LOOKS:
                return True
            if await first_of(self._crew.told, self._clock, READY_LOOK_S):
                return False
        return False

    def by_reason(self) -> dict[tuple[str, ...], float]:
        """Processes replaced: (reason,) -> how many."""
        return {(reason.value,): self.replaced[reason] for reason in Reason}
