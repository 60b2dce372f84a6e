"""The stack as a whole: everything is started in its order, watched, and stopped in the reverse order."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from scripts.dev.keeper import Keeper, Surroundings
from scripts.dev.specs import ProcessSpec


class Supervisor:
    def __init__(self, specs: Sequence[ProcessSpec], around: Surroundings) -> None:
        self._keepers = {spec.name: Keeper(spec, around) for spec in specs}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def pids(self) -> Mapping[str, int]:
        return {name: keeper.pid for name, keeper in self._keepers.items() if keeper.pid}

    async def run(self, stop: asyncio.Event, stop_at_once: asyncio.Event, on_ready: Callable[[], None]) -> None:
        """Until `stop` is set. Raises `StackProblem` when a process cannot be brought up. Leaves nothing running."""
        watched: set[asyncio.Task[object]] = set()
        try:
            for name, keeper in self._keepers.items():
                self._tasks[name] = asyncio.create_task(self._keep(keeper), name=f"keep {name}")
            stopped: asyncio.Task[object] = asyncio.create_task(stop.wait(), name="stop")
            ready: asyncio.Task[object] = asyncio.create_task(self._announce(on_ready), name="ready")
            watched = {stopped, ready}
            await self._first_problem(stopped, ready)
        finally:
            for task in watched:
                task.cancel()
            await self._stop_all(stop_at_once)

    async def _first_problem(self, stopped: asyncio.Task[object], ready: asyncio.Task[object]) -> None:
        pending: set[asyncio.Task[object]] = {stopped, ready, *self._tasks.values()}
        while not stopped.done():
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()

    async def _keep(self, keeper: Keeper) -> None:
        for name in keeper.spec.after:
            await self._keepers[name].ready.wait()
        await keeper.run()

    async def _announce(self, on_ready: Callable[[], None]) -> None:
        for keeper in self._keepers.values():
            await keeper.ready.wait()
        on_ready()

    async def _stop_all(self, at_once: asyncio.Event) -> None:
        """Who needs somebody stops before them: a worker's last words want an API that listens."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        left = dict(self._keepers)
        while left:
            needed = {name for keeper in left.values() for name in keeper.spec.after}
            now = [name for name in left if name not in needed]
            await asyncio.gather(*(left.pop(name).stop(at_once) for name in now))
