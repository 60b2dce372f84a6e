"""The systems that are measured, each with the way to call it and the process to charge."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp

from control_api.adapters.dev_issuer import open_dev_issuer
from scripts.bench.doors import DispatchDoor
from scripts.bench.stage import ROOT, SCRIPT, current, restarted
from scripts.caller.floor.rooms import LiveKitAccess, floor_door, ordered_door
from scripts.caller.one_call import ApiDoor, Door
from scripts.caller.target import Target, new_user_id
from scripts.dev.stack_file import StackInfo
from shared.clock import Clock

PEERS_PYTHON = ROOT / ".tools/bench/bin/python"
"""An environment of their own: some of them want other versions than we do."""
STOP_WITHIN_S = 20.0

DoorFor = Callable[[], Door]
"""A door for one caller more."""


@dataclass(frozen=True, slots=True)
class Stage:
    stack: StackInfo
    http: aiohttp.ClientSession
    clock: Clock
    logs: Path
    """The stack's directory."""

    @property
    def worker_pid(self) -> int:
        return current(self.logs).pids["worker"]

    @property
    def livekit(self) -> LiveKitAccess:
        info = self.stack
        return LiveKitAccess(info.livekit_url, info.livekit_api_key, info.livekit_api_secret, self.http)

    @property
    def target(self) -> Target:
        issuer = open_dev_issuer(Path(self.stack.dev_issuer_dir))
        return Target(self.stack.api_url, issuer=issuer, stack=self.stack)

    @property
    def model_url(self) -> str:
        return f"http://127.0.0.1:{self.stack.ports['realtime']}/v1"


@dataclass(frozen=True, slots=True)
class Running:
    door_for: DoorFor
    root_pid: int


System = Callable[[Stage], AbstractAsyncContextManager[Running]]


def worker(*, anew: bool = True, **wishes: Any) -> System:
    """Ours, started anew as the others are; `wishes` are members of the body that opens a call."""

    @contextlib.asynccontextmanager
    async def system(stage: Stage) -> AsyncIterator[Running]:
        def door_for() -> Door:
            return ApiDoor(stage.target.api_for(new_user_id(), stage.http, stage.clock), wishes)

        yield Running(door_for, await restarted(stage.logs, "worker", stage.clock) if anew else stage.worker_pid)

    return system


@contextlib.asynccontextmanager
async def floor(stage: Stage) -> AsyncIterator[Running]:
    async with floor_door(stage.livekit, SCRIPT) as door:
        yield Running(lambda: door, door.pid)


def dispatched(name: str, module: str, *arguments: str) -> System:
    @contextlib.asynccontextmanager
    async def system(stage: Stage) -> AsyncIterator[Running]:
        agent_name = f"bench-{name}"
        command = [*_peer(stage, module, agent_name), *arguments]
        with (stage.logs / f"{name}.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, env=_environ(), stdout=log, stderr=log, start_new_session=True
            )
        door = DispatchDoor(stage.livekit, agent_name, stage.clock)
        try:
            await door.until_ready()
            yield Running(lambda: door, process.pid)
        finally:
            await _stop(process)

    return system


@contextlib.asynccontextmanager
async def pipecat(stage: Stage) -> AsyncIterator[Running]:
    command = _peer(stage, "pipecat_peer", "bench-pipecat")
    with (stage.logs / "pipecat.log").open("ab") as log:
        async with ordered_door(stage.livekit, command, cwd=ROOT, env=_environ(), stderr=log) as door:
            yield Running(lambda: door, door.pid)


SYSTEMS: dict[str, System] = {
    "ours": worker(enableRecording=False),
    "livekit-agents-process": dispatched("livekit-agents-process", "livekit_agents_peer", "--executor", "process"),
    "livekit-agents-thread": dispatched("livekit-agents-thread", "livekit_agents_peer", "--executor", "thread"),
    "openrtc": dispatched("openrtc", "openrtc_peer"),
    "pipecat": pipecat,
    "floor": floor,
}


def _peer(stage: Stage, module: str, agent_name: str) -> list[str]:
    info = stage.stack
    command = [str(PEERS_PYTHON), "-m", f"scripts.bench.peers.{module}", "--agent-name", agent_name]
    command += ["--livekit-url", info.livekit_url, "--livekit-key", info.livekit_api_key]
    return [*command, "--livekit-secret", info.livekit_api_secret, "--model-url", stage.model_url]


def _environ() -> dict[str, str]:
    ours_too = ("VOICE_", "LIVEKIT_", "OPENAI_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours_too)}


async def _stop(process: asyncio.subprocess.Process) -> None:
    """With all that it started: it leads a group of its own."""
    if process.returncode is None:
        process.terminate()
    try:
        async with asyncio.timeout(STOP_WITHIN_S):
            await process.wait()
    except TimeoutError:
        pass
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
