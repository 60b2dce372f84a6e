"""What all systems are measured on: one LiveKit, one local Realtime server that costs little, and our API and worker.

It is the stack of `make run`, in processes of its own, on ports and data of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

from scripts.caller.problem import CallerProblem
from scripts.dev.free_ports import ports_of_a_stack
from scripts.dev.stack_file import StackInfo
from shared.clock import Clock

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts/caller/measure.yaml"
READY_WITHIN_S = 60.0
_LOOK_S = 0.1
_OURS = ("VOICE_", "LIVEKIT_", "OPENAI_", "CLERK_", "REDIS_", "UPSTASH_")


@contextlib.asynccontextmanager
async def running_stack(directory: Path, clock: Clock) -> AsyncIterator[StackInfo]:
    """Raises `CallerProblem` when it does not start."""
    log_path = directory / "stack.log"
    command = [sys.executable, "-m", "scripts.dev", "--data-dir", str(directory), "--script", str(SCRIPT)]
    command += ["--env-file", str(directory / "none.env"), "--stop-with-parent"]
    with log_path.open("wb") as log:
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, env=_environ(), stdout=log, stderr=log)
    try:
        yield await _ready(process, directory, clock)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
        await process.wait()


async def _ready(process: asyncio.subprocess.Process, directory: Path, clock: Clock) -> StackInfo:
    until_s = clock.monotonic_s() + READY_WITHIN_S
    while clock.monotonic_s() < until_s and process.returncode is None:
        info = StackInfo.read(directory / "run/stack.json")
        if info is not None and info.ready:
            return info
        await clock.sleep(_LOOK_S)
    raise CallerProblem(f"The stack did not start:\n{(directory / 'stack.log').read_text(errors='replace')[-2000:]}")


def current(directory: Path) -> StackInfo:
    """The stack as it is now. Raises `CallerProblem` when there is none."""
    info = StackInfo.read(directory / "run/stack.json")
    if info is None:
        raise CallerProblem("The stack is gone.")
    return info


async def restarted(directory: Path, name: str, clock: Clock) -> int:
    """Stop one process of the stack, which starts it again; its new process id when all is ready."""
    old = current(directory).pids[name]
    os.kill(old, signal.SIGTERM)
    until_s = clock.monotonic_s() + READY_WITHIN_S
    while clock.monotonic_s() < until_s:
        info = current(directory)
        if info.ready and info.pids.get(name, old) != old:
            return info.pids[name]
        await clock.sleep(_LOOK_S)
    raise CallerProblem(f"{name} did not start again.")


def _environ() -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
    return clean | ports_of_a_stack()
