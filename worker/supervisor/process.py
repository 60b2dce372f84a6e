"""The life of the supervisor: as long as one of its processes, and no longer."""

from __future__ import annotations

import asyncio
import signal
from typing import Protocol

from shared.clock import Clock
from shared.log import get_logger
from worker.supervisor.crew import Crew
from worker.supervisor.renewer import Renewer

KILL_AFTER_S = 7.0
"""SIGINT ends a worker within 5 s."""

_log = get_logger(__name__)


class Health(Protocol):
    """Where health and metrics of all are told."""

    async def start(self) -> None: ...

    async def close(self) -> None: ...


class Supervisor:
    def __init__(self, crew: Crew, renewer: Renewer, health: Health, clock: Clock) -> None:
        self._crew = crew
        self._renewer = renewer
        self._health = health
        self._clock = clock
        self._interrupted = asyncio.Event()

    @property
    def pids(self) -> list[int]:
        """Of the processes that run."""
        return self._crew.pids

    async def run(self) -> int:
        """Until all processes have ended after a signal. Gives the exit status.

        SIGTERM is passed on, and so is each further one: the processes drain. SIGINT ends them, and who does not obey
        is killed."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._tell, signal.SIGTERM)
        loop.add_signal_handler(signal.SIGINT, self._tell, signal.SIGINT)
        await self._health.start()
        for _ in range(self._crew.size):
            self._crew.hire()
        helpers = [
            asyncio.create_task(self._kill_who_does_not_obey(), name="kill"),
            asyncio.create_task(self._renewer.run(), name="renew"),
        ]
        try:
            await self._crew.until_none()
        finally:
            for task in helpers:
                task.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
            await self._crew.aclose()
            await self._health.close()
        _log.info("all worker processes have ended")
        return 0

    def _tell(self, number: signal.Signals) -> None:
        _log.info("signal passed on", signal=number.name)
        self._crew.tell(number)
        if number is signal.SIGINT:
            self._interrupted.set()

    async def _kill_who_does_not_obey(self) -> None:
        await self._interrupted.wait()
        await self._clock.sleep(KILL_AFTER_S)
        self._crew.tell(signal.SIGKILL)
