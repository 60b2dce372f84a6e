"""One process of several: started, watched, started again when it ends without having been told to."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import Protocol

from shared.clock import Clock
from shared.log import get_logger
from worker.waiting import first_of

BACK_OFF_S = (0.5, 1.0, 2.0, 5.0, 15.0, 30.0)
"""Before the first, second ... start again; the last one counts from then on."""
NOT_STARTED = 127
STEADY_S = 60.0
"""Who has lived so long begins with the first back-off again."""

_log = get_logger(__name__)


class Child(Protocol):
    @property
    def pid(self) -> int: ...

    def signal(self, number: signal.Signals) -> None:
        """Does nothing when it has ended."""

    async def wait(self) -> int:
        """Its exit status; negative: the signal that ended it."""
        ...


class Seat:
    def __init__(self, name: str, start: Callable[[], Awaitable[Child]], clock: Clock) -> None:
        self.name = name
        self.restarts = 0
        self._start = start
        self._clock = clock
        self._child: Child | None = None
        self._told: signal.Signals | None = None
        self._is_told = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """None while it does not run."""
        return None if self._child is None else self._child.pid

    async def keep(self) -> None:
        """Until the process has ended after it was told to, or for ever."""
        short_lives = 0
        while True:
            began_s = self._clock.monotonic_s()
            status = await self._live()
            if self._told is not None:
                return
            lived_s = self._clock.monotonic_s() - began_s
            short_lives = 0 if lived_s >= STEADY_S else short_lives
            again_s = BACK_OFF_S[min(short_lives, len(BACK_OFF_S) - 1)]
            short_lives += 1
            self.restarts += 1
            _log.error("worker process ended", process=self.name, status=status, again_in_s=again_s)
            if await first_of(self._is_told, self._clock, again_s):
                return

    async def _live(self) -> int:
        try:
            child = self._child = await self._start()
        except OSError as error:
            _log.error("worker process cannot be started", process=self.name, problem=error.strerror)
            return NOT_STARTED
        _log.info("worker process started", process=self.name, pid=child.pid)
        if self._told is not None:  # while it was being started
            child.signal(self._told)
        try:
            return await child.wait()
        finally:
            self._child = None

    def tell(self, number: signal.Signals) -> None:
        """Pass a signal on. From now on the process is not started again."""
        self._told = number
        self._is_told.set()
        if self._child is not None:
            self._child.signal(number)
