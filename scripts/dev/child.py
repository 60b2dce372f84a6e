"""One process of the stack, in a process group of its own, its output in its log."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from pathlib import Path

from scripts.dev.guardian import Guardian
from scripts.dev.problem import StackProblem
from scripts.dev.specs import ProcessSpec

_TAIL_BYTES = 4096


class Child:
    def __init__(self, process: asyncio.subprocess.Process, guardian: Guardian) -> None:
        self._process = process
        self._guardian = guardian

    @staticmethod
    async def start(spec: ProcessSpec, log: Path, cwd: Path, guardian: Guardian) -> Child:
        """Raises `StackProblem` when the program is not there."""
        with log.open("ab") as output:
            try:
                process = await asyncio.create_subprocess_exec(
                    *spec.argv,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=output,
                    stderr=asyncio.subprocess.STDOUT,
                    env=dict(spec.environ),
                    cwd=cwd,
                    start_new_session=True,
                )
            except OSError as error:
                raise StackProblem(f"{spec.title} cannot be started: {spec.argv[0]}: {error.strerror}.") from error
        guardian.add(process.pid)
        return Child(process, guardian)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs."""
        return self._process.returncode

    async def wait(self) -> int:
        """Its exit status (negative: the signal that ended it), when it and what it started are gone."""
        status = await self._process.wait()
        self._signal(signal.SIGKILL)  # what it left behind in its group
        self._guardian.remove(self.pid)
        return status

    async def stop(self, within_s: float, at_once: asyncio.Event) -> bool:
        """SIGINT, twice; SIGKILL after `within_s`, or once `at_once` is set. True when it went by itself."""
        if self._process.returncode is not None:
            return True
        ended = asyncio.ensure_future(self.wait())
        hurry = asyncio.ensure_future(at_once.wait())
        # A first SIGINT lets LiveKit wait for everybody to hang up; a second one is not waited for.
        for _ in range(2):
            self._signal(signal.SIGINT)
            await asyncio.wait({ended, hurry}, timeout=within_s / 2, return_when=asyncio.FIRST_COMPLETED)
            if ended.done() or hurry.done():
                break
        hurry.cancel()
        obeyed = ended.done()
        if not obeyed:
            self._signal(signal.SIGKILL)
        await ended
        return obeyed

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)


def how_it_ended(status: int) -> str:
    """``exit status 3`` or ``SIGKILL``."""
    if status >= 0:
        return f"exit status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"


def log_tail(log: Path, lines: int) -> str:
    """The last lines of a log, indented."""
    try:
        with log.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - _TAIL_BYTES))
            tail = file.read().decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in tail.splitlines()[-lines:])
