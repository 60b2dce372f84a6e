"""The processes that a supervisor has: those that should run, and those that have been replaced and serve their last
calls."""

from __future__ import annotations

import asyncio
import itertools
import signal
from collections.abc import Awaitable, Callable
from functools import partial

from shared.clock import Clock
from worker.supervisor.seat import Child, Seat

RETIRE = signal.SIGUSR1
"""As SIGTERM, but the last call may take as long as it likes."""


class Crew:
    def __init__(self, start: Callable[[str], Awaitable[Child]], size: int, clock: Clock) -> None:
        """`start` starts the process of a name; `size` should run."""
        self.size = size
        self._start = start
        self._clock = clock
        self._seats: dict[str, Seat] = {}
        self._retired: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._restarts_of_gone = 0
        self.told = asyncio.Event()
        """All are to end: nobody is hired any more."""

    @property
    def names(self) -> list[str]:
        return list(self._seats)

    @property
    def serving(self) -> list[str]:
        """Those that take calls, as far as they can."""
        return [name for name in self._seats if name not in self._retired]

    @property
    def retired(self) -> list[str]:
        return [name for name in self._seats if name in self._retired]

    @property
    def pids(self) -> list[int]:
        """Of the processes that run."""
        return [seat.pid for seat in self._seats.values() if seat.pid is not None]

    @property
    def restarts(self) -> int:
        return self._restarts_of_gone + sum(seat.restarts for seat in self._seats.values())

    def hire(self) -> str:
        """One process more, which is kept; its name is the smallest free number."""
        name = next(name for name in map(str, itertools.count(1)) if name not in self._seats)
        seat = self._seats[name] = Seat(name, partial(self._start, name), self._clock)
        self._tasks.add(asyncio.create_task(self._keep(seat), name=f"process {name}"))
        return name

    def retire(self, name: str) -> None:
        """It takes no new calls, and leaves when its last one has ended."""
        if name in self._seats:
            self._retired.add(name)
            self._seats[name].tell(RETIRE)

    def kill(self, name: str) -> None:
        if name in self._seats:
            self._seats[name].tell(signal.SIGKILL)

    def tell(self, number: signal.Signals) -> None:
        """All end."""
        self.told.set()
        for seat in self._seats.values():
            seat.tell(number)

    async def until_none(self) -> None:
        """Raises what made keeping one of them fail."""
        while self._tasks:
            # Others may be hired meanwhile: they are waited for in the next round.
            done, _ = await asyncio.wait(set(self._tasks), return_when=asyncio.FIRST_COMPLETED)
            self._tasks -= done
            for task in done:
                task.result()

    async def aclose(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _keep(self, seat: Seat) -> None:
        try:
            await seat.keep()
        finally:
            self._restarts_of_gone += seat.restarts
            self._retired.discard(seat.name)
            del self._seats[seat.name]
