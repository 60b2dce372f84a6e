"""A worker that enforces nothing: the API ends the call by itself, at most 10 s late. And a caller who joins twice."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest
from livekit import rtc

from scripts.dev.free_ports import free_port
from shared.call_report import AgentJoined
from tests.support.api_process import ApiProcess, running_api
from tests.support.livekit_server import running_livekit
from tests.support.until import until
from tests.support.worker_double import WorkerDouble, a_worker

MAX_CALL_S = 20
IDLE_S = 4
LATE_S = 10


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiProcess]:
    directory = tmp_path_factory.mktemp("limits")
    port = free_port()
    hook = f"http://127.0.0.1:{port}/api/voice/webhook"
    settings = {"VOICE_MAX_CALL_S": str(MAX_CALL_S), "VOICE_IDLE_TIMEOUT_S": str(IDLE_S)}
    with (
        running_livekit(directory / "livekit", webhook_url=hook) as livekit,
        running_api(directory / "api", livekit, port=port, **settings) as process,
    ):
        yield process


@pytest.fixture
async def http(api: ApiProcess) -> AsyncIterator[httpx2.AsyncClient]:
    headers = {"Authorization": f"Bearer {api.token('ann', 'Ann')}"}
    async with httpx2.AsyncClient(base_url=api.url, headers=headers, timeout=10) as client:
        yield client


class ConnectedCall:
    """Caller and agent are in the room; the worker says nothing of it but its heartbeats."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self._http = http
        self.caller, self.agent = rtc.Room(), rtc.Room()
        self.session: dict[str, str] = {}

    async def begin(self, worker: WorkerDouble) -> None:
        self.session = (await self._http.post("/api/voice/session", json={})).json()["session"]
        claim = await worker.claim(self.session["callId"])
        await self.caller.connect(self.session["livekitHost"], self.session["token"])
        await self.agent.connect(claim["livekitUrl"], claim["token"])
        await worker.report(self.session["callId"], AgentJoined())
        await self.until("connected", 10)

    async def record(self) -> dict[str, object]:
        params = {"callId": self.session["callId"], "include": "timeline"}
        record: dict[str, object] = (await self._http.get("/api/voice/session", params=params)).json()["session"]
        return record

    async def until(self, status: str, limit_s: float) -> dict[str, object]:
        async def reached() -> dict[str, object]:
            record = await self.record()
            return record if record["status"] == status else {}

        return await until(reached, f"the call is not {status}", limit_s=limit_s)

    async def leave(self) -> None:
        await self.caller.disconnect()
        await self.agent.disconnect()


@pytest.fixture
async def call(api: ApiProcess, http: httpx2.AsyncClient) -> AsyncIterator[tuple[ConnectedCall, WorkerDouble]]:
    async with a_worker(api.url, api.worker_token) as worker:
        call = ConnectedCall(http)
        try:
            await call.begin(worker)
            yield call, worker
        finally:
            await call.leave()


async def test_a_call_that_is_too_long(call: tuple[ConnectedCall, WorkerDouble]) -> None:
    running, worker = call
    worker.quiet_ms = 0  # somebody speaks all the time
    record = await running.until("completed", MAX_CALL_S + LATE_S)
    assert record["endReason"] == "max_duration"
    assert isinstance(record["duration"], int)
    assert MAX_CALL_S <= record["duration"] <= MAX_CALL_S + LATE_S


async def test_a_call_in_which_nobody_speaks(call: tuple[ConnectedCall, WorkerDouble]) -> None:
    running, worker = call
    worker.quiet_ms = None
    began_s = time.monotonic()
    record = await running.until("completed", IDLE_S + LATE_S)
    assert record["endReason"] == "idle_timeout"
    assert time.monotonic() - began_s >= IDLE_S - 1


async def test_a_second_join_of_the_caller_is_seen_and_ends_nothing(call: tuple[ConnectedCall, WorkerDouble]) -> None:
    running, worker = call
    worker.quiet_ms = 0
    again = rtc.Room()
    why: list[object] = []
    running.caller.on("disconnected", why.append)
    await again.connect(running.session["livekitHost"], running.session["token"])

    async def joined_twice() -> bool:
        timeline = (await running.record())["timeline"]
        assert isinstance(timeline, list)
        return [one["event"].get("party") for one in timeline if one["event"]["kind"] == "participant_joined"].count(
            "caller"
        ) == 2

    await until(joined_twice, "the record does not show the second join")
    assert why == [rtc.DisconnectReason.DUPLICATE_IDENTITY], "the first one is told why"
    assert (await running.record())["status"] == "connected"
    await again.disconnect()
    record = await running.until("completed", 10)
    assert record["endReason"] == "caller_hung_up"
