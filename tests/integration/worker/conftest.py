from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.integration.worker.stack import Stack
from tests.integration.worker.worker_process import RunningWorker
from tests.support.livekit_server import LiveKitServer, running_livekit
from tests.support.realtime_process import RealtimeServer, running_realtime

ANSWER = "Thank you. Your order four two seven will be with you tomorrow morning."
SCRIPT = {
    "turns": [{"hears": "Where is my order?", "says": ANSWER}],
    "greeting": {"says": "Hello. How can I help you?"},
}


@pytest.fixture(scope="session")
def livekit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKitServer]:
    with running_livekit(tmp_path_factory.mktemp("livekit")) as server:
        yield server


@pytest.fixture(scope="session")
def realtime_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealtimeServer]:
    with running_realtime(tmp_path_factory.mktemp("realtime"), SCRIPT) as server:
        yield server


@pytest.fixture
async def realtime(realtime_process: RealtimeServer) -> RealtimeServer:
    """With the usual script, whatever the test before has played."""
    await realtime_process.play(SCRIPT)
    return realtime_process


@pytest.fixture(scope="session")
def long_running_worker(
    livekit: LiveKitServer, realtime_process: RealtimeServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningWorker]:
    """One process for all tests that leave it alive; the API of each test is a new one at the same address."""
    worker = RunningWorker(livekit, realtime_process, tmp_path_factory.mktemp("worker"))
    worker.start()
    yield worker
    worker.stop()


@pytest.fixture
async def stack(long_running_worker: RunningWorker, realtime: RealtimeServer) -> AsyncIterator[Stack]:
    async with Stack(long_running_worker) as stack:
        yield stack


@pytest.fixture
def own_worker(livekit: LiveKitServer, realtime: RealtimeServer, tmp_path: Path) -> Iterator[RunningWorker]:
    """A process that the test may kill; not started yet."""
    worker = RunningWorker(livekit, realtime, tmp_path)
    yield worker
    worker.stop()
