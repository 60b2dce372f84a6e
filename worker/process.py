"""The life of one worker process: start, serve, drain, end.

- SIGINT: every call is ended (``ended_by_api``) and the process leaves within 5 s, status 0.
- SIGTERM: drain. No new calls, no free slots in the heartbeats; it leaves when the last call has ended, and ends what
  is left after `drain_s`. What is to be stored, written down and reported then gets `DRAINED_S`. A second SIGTERM is as
  good as the first.
- SIGUSR1: the same without a limit: a fresh process is there in its place. A SIGTERM may follow.

What was not stored, written down or reported by then lies on disk for the next process.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Coroutine
from typing import Any

from shared.call_state import EndReason
from shared.clock import Clock
from shared.log import get_logger
from shared.metrics import watch_loop
from worker.adapters.health import HealthServer
from worker.adapters.worker_link import WorkerLink
from worker.agent_server import LiveKitJobs
from worker.archive import Archive
from worker.calls import Calls
from worker.joiner import Joiner
from worker.model_watch import ModelWatch
from worker.reports import Reporter
from worker.scribe import Scribe
from worker.waiting import first_of

END_S = 2.5
STORE_S = 0.5
FLUSH_S = 0.5
CLOSE_S = 1.3
"""Together less than the 5 s in which a SIGINT is promised to be over."""
DRAINED_S = 30.0
"""In place of `STORE_S` when nobody is in a hurry."""
SWEEP_S = 1.0

_log = get_logger(__name__)


class WorkerProcess:
    def __init__(
        self,
        *,
        calls: Calls,
        jobs: LiveKitJobs,
        link: WorkerLink,
        reporter: Reporter,
        watch: ModelWatch,
        archive: Archive,
        scribe: Scribe,
        joiner: Joiner,
        health: HealthServer,
        loop_was_late: Callable[[float], None],
        clock: Clock,
        drain_s: float,
    ) -> None:
        self._calls = calls
        self._jobs = jobs
        self._link = link
        self._reporter = reporter
        self._watch = watch
        self._archive = archive
        self._scribe = scribe
        self._joiner = joiner
        self._health = health
        self._loop_was_late = loop_was_late
        self._clock = clock
        self._drain_s = drain_s
        self._retiring = asyncio.Event()
        self._draining = asyncio.Event()
        self._ending = asyncio.Event()

    async def run(self) -> int:
        """Serve until a signal. Gives the exit status."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.drain)
        loop.add_signal_handler(signal.SIGINT, self._on_sigint)
        loop.add_signal_handler(signal.SIGUSR1, self._retire)
        await self._health.start()
        helpers = [
            asyncio.create_task(self._reporter.run(), name="reporter"),
            asyncio.create_task(self._archive.run(), name="archive"),
            asyncio.create_task(self._scribe.run(), name="scribe"),
            asyncio.create_task(self._joiner.run(), name="joiner"),
            asyncio.create_task(self._link.run(), name="worker link"),
            asyncio.create_task(self._sweep(), name="sweep"),
            asyncio.create_task(self._watch.run(), name="model watch"),
            asyncio.create_task(watch_loop(self._clock, self._loop_was_late), name="loop watch"),
        ]
        serving = asyncio.create_task(self._jobs.run(), name="livekit jobs")
        try:
            status = await self._until_told(serving, helpers)
            await self._end_calls()
            return status
        finally:
            await self._close(serving, helpers)

    async def _until_told(self, serving: asyncio.Task[None], helpers: list[asyncio.Task[None]]) -> int:
        told = asyncio.create_task(self._wait_for_the_end(), name="signals")
        done, _ = await asyncio.wait({told, serving, *helpers}, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        await asyncio.gather(told, return_exceptions=True)
        for task in done - {told}:
            # None of them ends by itself: the supervisor should start a new process.
            _log.error("worker fails", task=task.get_name(), exc_info=task.exception())
            return 1
        return 0

    async def _wait_for_the_end(self) -> None:
        await _any_of(self._retiring, self._draining, self._ending)
        if not self._ending.is_set():
            await self._drain()

    async def _drain(self) -> None:
        _log.info("draining", calls=self._calls.count, limit_s=self._drain_s, retires=self._retiring.is_set())
        await self._link.beat()
        draining = asyncio.create_task(self._jobs.drain())
        no_calls = asyncio.create_task(self._calls.wait_until_none())
        told = asyncio.create_task(self._lose_patience())
        try:
            await asyncio.wait({no_calls, told}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (draining, no_calls, told):
                task.cancel()
            await asyncio.gather(draining, no_calls, told, return_exceptions=True)

    async def _lose_patience(self) -> None:
        await _any_of(self._draining, self._ending)
        await first_of(self._ending, self._clock, self._drain_s)

    async def _end_calls(self) -> None:
        self._calls.drain()
        self._calls.end_all(EndReason.ENDED_BY_API)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(END_S):
                await self._calls.wait_until_none()
        if not self._ending.is_set():
            await self._unless_in_a_hurry(self._store(DRAINED_S))
        if not await self._store(STORE_S):
            _log.warning("recordings or speech stay in the spool for the next start")
        if not await self._reporter.flush(FLUSH_S):
            _log.warning("reports stay in the spool for the next start")

    async def _store(self, limit_s: float) -> bool:
        """Whether all recordings are stored and all speech is written down within the limit."""
        return all(await asyncio.gather(self._archive.flush(limit_s), self._scribe.flush(limit_s)))

    async def _unless_in_a_hurry(self, work: Coroutine[Any, Any, bool]) -> None:
        """Until a SIGINT."""
        tasks = asyncio.create_task(work), asyncio.create_task(self._ending.wait())
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _close(self, serving: asyncio.Task[None], helpers: list[asyncio.Task[None]]) -> None:
        try:
            async with asyncio.timeout(CLOSE_S):
                await self._jobs.close()
        except TimeoutError:
            _log.warning("LiveKit's jobs did not close in time")
        await self._calls.aclose()
        for task in (serving, *helpers):
            task.cancel()
        await asyncio.gather(serving, *helpers, return_exceptions=True)
        await self._health.close()
        _log.info("worker ended", calls=self._calls.count)

    async def _sweep(self) -> None:
        while True:
            await self._clock.sleep(SWEEP_S)
            self._calls.sweep()

    def drain(self) -> None:
        """Take no new calls, and leave when the last one has ended. Again: no difference."""
        self._calls.drain()
        self._draining.set()

    def _retire(self) -> None:
        self._calls.drain()
        self._retiring.set()

    def _on_sigint(self) -> None:
        self._calls.drain()
        self._ending.set()


async def _any_of(*events: asyncio.Event) -> None:
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
