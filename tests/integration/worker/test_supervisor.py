"""The supervisor of several worker processes, over processes that do nothing but answer and obey."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from scripts.dev.free_ports import free_port
from tests.support.metrics import samples
from tests.support.until import until
from worker import supervisor_wiring
from worker.adapters.child_process import ChildProcess
from worker.supervisor import process as supervisor_process
from worker.supervisor import renewer
from worker.supervisor.process import Supervisor
from worker.supervisor.renewal import Bounds

ROOT = Path(__file__).resolve().parents[3]
CHILD = ("-m", "tests.integration.worker.obedient_child")


class Several:
    def __init__(self, port: int, supervisor: Supervisor, running: asyncio.Task[int]) -> None:
        self.port = port
        self.supervisor = supervisor
        self.running = running

    async def get(self, path: str) -> tuple[int, bytes]:
        try:
            async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{self.port}{path}") as answer:
                return answer.status, await answer.read()
        except aiohttp.ClientError:
            return 0, b""

    async def ready(self) -> dict[str, Any]:
        """By process, once all that should run are ready."""

        async def look() -> dict[str, Any] | None:
            status, body = await self.get("/readyz")
            found: dict[str, Any] = {} if status != 200 else json.loads(body)["processes"]
            return found if found and all(one["status"] == "ready" for one in found.values()) else None

        found = await until(look, "all processes are ready", limit_s=30)
        assert found is not None
        return found

    def pids(self) -> list[int]:
        return self.supervisor.pids


@asynccontextmanager
async def several(processes: int, *options: str) -> AsyncIterator[Several]:
    """Interrupted at the end, if it still runs."""
    port = free_port()
    start = partial(ChildProcess.start, command=(*CHILD, *options))
    with supervisor_wiring.build(("127.0.0.1", port), processes, Bounds(memory_mb=500), start) as supervisor:
        running = asyncio.create_task(supervisor.run())
        try:
            yield Several(port, supervisor, running)
        finally:
            if not running.done():
                os.kill(os.getpid(), signal.SIGINT)
            await running


async def test_all_answer_on_one_port() -> None:
    async with several(2) as group:
        assert set(await group.ready()) == {"1", "2"}
        assert (await group.get("/healthz"))[0] == 200
        _, text = await group.get("/metrics")
        found = samples(text)
        assert found['voice_worker_slots{process="1"}'] == found['voice_worker_slots{process="2"}'] == 4
        assert found["voice_supervisor_processes"] == 2


async def test_one_that_is_killed_is_replaced_and_the_others_do_not_notice() -> None:
    async with several(2) as group:
        await group.ready()
        victim, other = group.pids()
        os.kill(victim, signal.SIGKILL)

        async def are_two_again() -> bool:
            return victim not in group.pids() and len(group.pids()) == 2

        await until(are_two_again, "there are two again", limit_s=20)
        assert other in group.pids()
        await group.ready()
        assert samples((await group.get("/metrics"))[1])["voice_supervisor_restarts_total"] == 1


async def test_sigterm_is_passed_on_and_ends_it_when_all_have_gone() -> None:
    async with several(2) as group:
        await group.ready()
        os.kill(os.getpid(), signal.SIGTERM)
        assert await asyncio.wait_for(group.running, 20) == 0
        assert group.pids() == []


async def test_who_ignores_sigint_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor_process, "KILL_AFTER_S", 0.2)
    async with several(1, "--deaf") as group:
        await group.ready()
        os.kill(os.getpid(), signal.SIGINT)
        assert await asyncio.wait_for(group.running, 20) == 0


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOOK_S", "AGAIN_S", "READY_LOOK_S"):
        monkeypatch.setattr(renewer, name, 0.05)


@pytest.mark.usefixtures("soon")
async def test_one_that_has_grown_makes_way_for_a_fresh_one(tmp_path: Path) -> None:
    """Also where only one should run: the old one serves its last calls, and the fresh one is ready by then."""
    stays, grows = tmp_path / "stays", tmp_path / "grows"
    stays.touch()
    async with several(1, "--stays", str(stays), "--grows", str(grows)) as group:
        assert set(await group.ready()) == {"1"}
        (old,) = group.pids()
        grows.touch()

        async def serves_its_last_calls() -> dict[str, Any] | None:
            status, body = await group.get("/readyz")
            assert status == 200, "there is always one that takes calls"
            found: dict[str, Any] = json.loads(body)["processes"]
            return found if found["1"].get("missing") == ["draining"] else None

        found = await until(serves_its_last_calls, "the old one takes no more calls", limit_s=30)
        assert found is not None
        assert found["2"] == {"status": "ready"}
        assert old in group.pids()
        stays.unlink()

        async def is_gone() -> bool:
            return old not in group.pids()

        await until(is_gone, "the old one has left", limit_s=20)
        assert set(await group.ready()) == {"2"}
        counted = samples((await group.get("/metrics"))[1])
        assert counted['voice_supervisor_replaced_total{reason="memory"}'] == 1
        assert counted["voice_supervisor_restarts_total"] == 0
        assert counted["voice_supervisor_memory_bound_bytes"] == 500e6


@pytest.mark.usefixtures("soon")
async def test_all_end_by_a_signal_that_comes_during_a_replacement(tmp_path: Path) -> None:
    unready, grows = tmp_path / "unready", tmp_path / "grows"
    async with several(1, "--unready", str(unready), "--grows", str(grows)) as group:
        await group.ready()
        unready.touch()
        grows.touch()

        async def are_two() -> bool:
            return len(group.pids()) == 2

        await until(are_two, "the fresh one is being started", limit_s=20)
        os.kill(os.getpid(), signal.SIGTERM)
        assert await asyncio.wait_for(group.running, 20) == 0


async def test_a_process_drains_when_its_supervisor_is_gone(tmp_path: Path) -> None:
    child = await ChildProcess.start(tmp_path / "socket", CHILD)

    async def listens() -> bool:
        return (tmp_path / "socket").exists()

    await until(listens, "the process is there", limit_s=20)
    os.close(child._lifeline)  # as the kernel does for a supervisor that is killed
    assert await asyncio.wait_for(child._process.wait(), 20) == 0


@pytest.mark.parametrize("number", ["0", "many", "-1", "100000"])
def test_a_number_of_processes_that_cannot_be_meant(number: str) -> None:
    command = [sys.executable, "-m", "worker", "--processes", number]
    done = subprocess.run(command, cwd=ROOT, env={"PATH": ""}, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "must be auto or a number" in done.stderr
