"""One process of the system under test. It is started, killed and wedged by a scenario, and never by itself."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil

from scripts.dev import readiness
from scripts.dev.child import Child, log_tail
from scripts.dev.guardian import Guardian
from scripts.dev.specs import ProcessSpec
from scripts.faults.broken import Broken, promise

ROOT = Path(__file__).resolve().parents[2]
_LOOK_S = 0.05


class Part:
    def __init__(self, spec: ProcessSpec, logs_dir: Path, guardian: Guardian) -> None:
        self.spec = spec
        self.log = logs_dir / f"{spec.name}.log"
        self._usual = spec
        self.extra: Mapping[str, str] = {}
        """Settings beside the usual."""
        self._guardian = guardian
        self._child: Child | None = None
        self._is_wedged = False

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def pid(self) -> int:
        return self._started().pid

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(self.pid)

    @property
    def runs(self) -> bool:
        return self._child is not None and self._child.returncode is None

    def log_lines(self) -> list[dict[str, Any]]:
        """What it has logged so far, of all its lives."""
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    async def launch(self) -> None:
        """Start it, ready or not."""
        promise(not self.runs, f"{self.name} runs already")
        self._child = await Child.start(self.spec, self.log, ROOT, self._guardian)
        self._is_wedged = False

    async def start(self) -> None:
        """Returns when it is ready. Raises `Broken`."""
        await self.launch()
        await self.until_ready()

    async def ensure(self) -> None:
        """It runs and is ready, also when it was just about to leave. Raises `Broken`."""
        if not self.runs:
            await self.launch()
        try:
            await self.until_ready()
        except Broken:
            if self.runs:
                raise
            await self.start()

    async def until_ready(self) -> None:
        """Raises `Broken`."""
        loop = asyncio.get_running_loop()
        deadline_s = loop.time() + self.spec.ready_within_s
        answer = readiness.Answer(ready=False, said="")
        while self.runs and loop.time() < deadline_s:
            answer = await readiness.ask(self.spec.probe)
            if answer.ready:
                return
            await asyncio.sleep(_LOOK_S)
        raise Broken(f"{self.spec.title} does not become ready: {answer.said}\n{log_tail(self.log, 12)}")

    async def is_ready(self) -> bool:
        return self.runs and not self._is_wedged and (await readiness.ask(self.spec.probe)).ready

    async def kill(self) -> None:
        """As the kernel does when memory is short. Returns when it is gone."""
        if self.runs:
            self.signal(signal.SIGKILL)
            await self.until_gone()

    async def until_gone(self) -> int:
        """Its exit status."""
        return await self._started().wait()

    def wedge(self) -> None:
        """It lives, its sockets stand, and nothing in it moves."""
        self._is_wedged = True
        self.signal(signal.SIGSTOP)

    def unwedge(self) -> None:
        if self._is_wedged:
            self._is_wedged = False
            self.signal(signal.SIGCONT)

    def signal(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    async def stop(self) -> None:
        """As an operator stops it."""
        if self.runs:
            self.unwedge()
            await self._started().stop(self.spec.stop_within_s, asyncio.Event())

    def _started(self) -> Child:
        if self._child is None:
            raise Broken(f"{self.name} was never started")
        return self._child

    def with_settings(self, extra: Mapping[str, str], *, supervised: bool = False) -> bool:
        """What it is started with next, beside the usual; `supervised`: a worker under its supervisor. Whether that is
        another start than now."""
        argv = tuple(argument for argument in self._usual.argv if not supervised or argument != "--alone")
        changed = self.extra != extra or self.spec.argv != argv
        self.extra = extra
        self.spec = replace(self._usual, environ={**self._usual.environ, **extra}, argv=argv)
        return changed
