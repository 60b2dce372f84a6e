"""A worker process under a supervisor, and the pipe by which it knows that its supervisor lives.

The pipe is never written to. When its other end is closed, because the supervisor is gone, however it went, the process
drains: its calls go on, and no new ones come.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

from worker.supervisor.seat import Child


class ChildProcess(Child):
    def __init__(self, process: asyncio.subprocess.Process, lifeline: int) -> None:
        self._process = process
        self._lifeline = lifeline

    @staticmethod
    async def start(health_socket: Path, command: tuple[str, ...] = ("-m", "worker")) -> ChildProcess:
        """With this process's environment, output and working directory. Raises `OSError`."""
        theirs, ours = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *command,
                "--alone",
                "--health-socket",
                str(health_socket),
                "--lifeline",
                str(theirs),
                stdin=asyncio.subprocess.DEVNULL,
                pass_fds=(theirs,),
            )
        except BaseException:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
        return ChildProcess(process, ours)

    @property
    def pid(self) -> int:
        return self._process.pid

    def signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)

    async def wait(self) -> int:
        try:
            return await self._process.wait()
        finally:
            os.close(self._lifeline)
