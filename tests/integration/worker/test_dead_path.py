"""A real LiveKit, and rooms of it in processes whose UDP is taken away."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scripts.faults.broken import Broken
from scripts.faults.lost_packets import LostPackets, lost_packets
from shared.ids import Identity, RoomName
from tests.integration.worker import room_of_a_child
from tests.integration.worker.rooms import Rooms
from tests.support.livekit_server import LiveKitServer, running_livekit
from tests.support.until import patient

ROOT = Path(__file__).resolve().parents[3]


class Child:
    def __init__(self, process: asyncio.subprocess.Process, path: LostPackets) -> None:
        self.path = path
        self.said: list[str] = []
        assert process.stdout is not None
        self._lines = process.stdout

    async def says(self, word: str) -> str:
        """The first line from here on that begins so."""
        async with asyncio.timeout(patient(20)):
            while line := (await self._lines.readline()).decode().strip():
                self.said.append(line)
                if line.startswith(word):
                    return line
        raise AssertionError(f"never said {word}: {self.said}")


@contextlib.asynccontextmanager
async def child_in(livekit: LiveKitServer, directory: Path) -> AsyncIterator[Child]:
    rooms, name = Rooms(livekit), RoomName(f"room-{secrets.token_hex(6)}")
    await rooms.make(name)
    path = await losing(directory, name)
    token = rooms.agent_token(Identity("ai-agent-tests"), name)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", room_of_a_child.__name__, livekit.url, token),
        cwd=ROOT,
        env={**os.environ, **path.environ, "RUST_LOG": "off"},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        child = Child(process, path)
        await child.says("joined")
        yield child
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def losing(directory: Path, name: str) -> LostPackets:
    try:
        return await lost_packets(directory, name)
    except Broken as broken:
        if os.environ.get("CI"):
            pytest.fail(str(broken))
        pytest.skip(str(broken))


async def test_a_path_that_died_in_either_direction_is_told_and_the_room_is_left(
    livekit: LiveKitServer, tmp_path: Path
) -> None:
    async with contextlib.AsyncExitStack() as closing:
        children = [await closing.enter_async_context(child_in(livekit, tmp_path)) for _ in range(3)]
        for child, (sent, received) in zip(children, ((True, False), (False, True), (True, True)), strict=True):
            child.path.lose(sent=sent, received=received)
        for child in children:
            await child.says("lost")
            await child.says("left")
            assert child.said[:2] == ["joined", "there"]


async def test_a_media_server_that_stops_is_not_left(tmp_path: Path) -> None:
    with running_livekit(tmp_path) as livekit:
        async with child_in(livekit, tmp_path) as child:
            assert livekit.pid is not None
            os.kill(livekit.pid, signal.SIGSTOP)
            try:
                for _ in range(3):
                    await child.says("away")
            finally:
                os.kill(livekit.pid, signal.SIGCONT)
            child.path.lose(sent=True, received=True)
            await child.says("lost")
            assert child.said[:4] == ["joined", "away", "away", "away"]
