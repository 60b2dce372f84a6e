"""Keeps one process alive: starts it, waits until it is ready, waits for its end, starts it again."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from scripts.dev import readiness
from scripts.dev.child import Child, how_it_ended, log_tail
from scripts.dev.guardian import Guardian
from scripts.dev.problem import StackProblem
from scripts.dev.specs import ProcessSpec
from shared.clock import Clock

BAD_SETTINGS = 2
"""The exit status of `shared.env.SettingsError`: trying again cannot help."""


@dataclass(frozen=True, slots=True)
class Patience:
    backoff_s: tuple[float, ...] = (1, 2, 5)
    """How long to wait before the first, second ... start again; the last one counts from then on."""
    attempts: int = 4
    """Starts in a row that may fail before readiness."""
    steady_after_s: float = 10
    """Who lived so long after being ready starts again with the first back-off."""
    probe_every_s: float = 0.1


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all keepers of a stack share."""

    logs_dir: Path
    cwd: Path
    guardian: Guardian
    clock: Clock
    say: Callable[[str], None]
    on_change: Callable[[], None]
    """Called when a process was started or has ended: pids are others now."""
    patience: Patience = Patience()


class Keeper:
    def __init__(self, spec: ProcessSpec, around: Surroundings) -> None:
        self.spec = spec
        self.ready = asyncio.Event()
        self._around = around
        self._child: Child | None = None
        self._failed_starts = 0
        self._short_lives = 0

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    @property
    def log(self) -> Path:
        return self._around.logs_dir / f"{self.spec.name}.log"

    async def run(self) -> None:
        """Never returns. Raises `StackProblem` when the process cannot be brought up."""
        for attempt in itertools.count():
            child = self._child = await Child.start(self.spec, self.log, self._around.cwd, self._around.guardian)
            self._around.on_change()
            status = await self._live(child, first=attempt == 0)
            self.ready.clear()
            self._child = None
            self._around.on_change()
            delay_s = self._delay_s()
            self._around.say(f"{self.spec.title} ended ({how_it_ended(status)}); starting it again in {delay_s:g} s.")
            await self._around.clock.sleep(delay_s)

    async def stop(self, at_once: asyncio.Event) -> None:
        """Stop the process, if any. The task that runs `run` must have been cancelled and awaited."""
        if self._child and not await self._child.stop(self.spec.stop_within_s, at_once):
            self._around.say(f"{self.spec.title} did not stop in time and was killed.")
        self._child = None

    async def _live(self, child: Child, *, first: bool) -> int:
        """From start to end; the exit status. Raises `StackProblem` when there is no use in trying again."""
        clock = self._around.clock
        started_s = clock.monotonic_s()
        ended = asyncio.ensure_future(child.wait())
        try:
            if not await self._until_ready(ended):
                if not ended.done():
                    self._give_up(f"is not ready after {self.spec.ready_within_s:g} s")
                self._failed_starts += 1
                self._short_lives += 1
                if ended.result() == BAD_SETTINGS or self._failed_starts >= self._around.patience.attempts:
                    self._give_up(f"does not come up ({how_it_ended(ended.result())})")
                return ended.result()
            ready_s = clock.monotonic_s()
            again = "" if first else " again"
            self._around.say(f"  {self.spec.title} ... ready{again} in {ready_s - started_s:.1f} s")
            self._failed_starts = 0
            self.ready.set()
            status = await asyncio.shield(ended)
            steady = clock.monotonic_s() - ready_s >= self._around.patience.steady_after_s
            self._short_lives = 1 if steady else self._short_lives + 1
            return status
        finally:
            ended.cancel()

    async def _until_ready(self, ended: asyncio.Future[int]) -> bool:
        clock = self._around.clock
        deadline_s = clock.monotonic_s() + self.spec.ready_within_s
        while not ended.done() and clock.monotonic_s() < deadline_s:
            answer = await readiness.ask(self.spec.probe)
            if answer.ready and not ended.done():
                return True
            await asyncio.wait({ended}, timeout=self._around.patience.probe_every_s)
        return False

    def _delay_s(self) -> float:
        backoff_s = self._around.patience.backoff_s
        return backoff_s[min(max(self._short_lives, 1), len(backoff_s)) - 1]

    def _give_up(self, why: str) -> None:
        raise StackProblem(f"{self.spec.title} {why}. The end of its log, {self.log}:\n{log_tail(self.log, 12)}")
