"""Free ports, specs for the fake process, and waiting with a reason."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil

from scripts.dev.free_ports import free_port
from scripts.dev.guardian import Guardian
from scripts.dev.keeper import Patience, Surroundings
from scripts.dev.specs import Probe, ProcessSpec
from scripts.dev.supervisor import Supervisor
from shared.clock import SystemClock
from tests.support.until import patient

FAKE = Path(__file__).with_name("fake_process.py")
IMPATIENT = Patience(backoff_s=(0.05, 0.1), attempts=3, probe_every_s=0.02)


def fake(name: str, *args: str, after: tuple[str, ...] = (), ready_s: float = 20, stop_s: float = 5) -> ProcessSpec:
    port = free_port()
    argv = (sys.executable, str(FAKE), str(port), *args)
    return ProcessSpec(name, f"the {name}", argv, dict(os.environ), Probe(port, "/"), after, ready_s, stop_s)


class Stack:
    """A supervisor of fakes that runs, and what it said."""

    def __init__(self, tmp_path: Path, *specs: ProcessSpec) -> None:
        self.said: list[str] = []
        self.stop = asyncio.Event()
        self.at_once = asyncio.Event()
        self.is_ready = asyncio.Event()
        self.guardian = Guardian()
        around = Surroundings(
            tmp_path, tmp_path, self.guardian, SystemClock(), self.said.append, lambda: None, IMPATIENT
        )
        self.supervisor = Supervisor(specs, around)

    async def run(self) -> None:
        try:
            await self.supervisor.run(self.stop, self.at_once, self.is_ready.set)
        finally:
            self.guardian.close()


@contextlib.asynccontextmanager
async def running(stack: Stack) -> AsyncIterator[asyncio.Task[None]]:
    """The stack when everything is ready; stopped at the end."""
    task = asyncio.create_task(stack.run())
    ready = asyncio.create_task(stack.is_ready.wait())
    try:
        await asyncio.wait({task, ready}, timeout=patient(20), return_when=asyncio.FIRST_COMPLETED)
        assert stack.is_ready.is_set(), f"the fakes did not become ready: {stack.said}"
        yield task
    finally:
        ready.cancel()
        stack.stop.set()
        await task


async def until(condition: Callable[[], bool], why_not: str, within_s: float = 10) -> None:
    """Wait for `condition`; `why_not` says what was not so."""
    try:
        async with asyncio.timeout(patient(within_s)):
            while not condition():  # noqa: ASYNC110 (other processes set no asyncio.Event)
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"{why_not} within {within_s:g} s") from None


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
