"""The adapters to the control API against a real server on loopback that can drop, delay and fail."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
import structlog

from shared import claims
from shared.call_report import AgentJoined, Report
from shared.claims import ClaimRequest
from shared.clock import SystemClock
from shared.ids import CallId, WorkerId
from shared.worker_link import Command, CommandKind, Heartbeat, HeldCall, Hello
from tests.fakes.internal_api import TOKEN, FakeInternalApi
from tests.integration.worker.stack import until
from tests.unit.worker.harness import make_claim
from worker.adapters.api_client import HttpControlApi
from worker.adapters.worker_link import WorkerLink
from worker.ports import ApiUnreachable, ClaimLost, ReportsRefused

WORKER = WorkerId("worker-1")
CLAIM = make_claim()
REQUEST = ClaimRequest(WORKER, CLAIM.call_id, CLAIM.epoch, "job-1")
REPORT = Report(CallId("c"), 1, 1, 1000, AgentJoined())


@pytest.fixture
async def control() -> AsyncIterator[FakeInternalApi]:
    control = FakeInternalApi()
    await control.start()
    yield control
    await control.stop()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
def client(control: FakeInternalApi, http: aiohttp.ClientSession) -> HttpControlApi:
    return HttpControlApi(http=http, base_url=control.url + "/", token=TOKEN, worker_id=WORKER)


class TestClaims:
    async def test_the_winner_is_told_everything(self, client: HttpControlApi, control: FakeInternalApi) -> None:
        control.add(CLAIM)
        assert await client.claim(REQUEST) == CLAIM
        assert control.claim_requests == [REQUEST]

    @pytest.mark.parametrize("status", [404, 409])
    async def test_a_call_that_is_not_to_be_had(
        self, client: HttpControlApi, control: FakeInternalApi, status: int
    ) -> None:
        control.claim_status = status
        with pytest.raises(ClaimLost):
            await client.claim(REQUEST)

    @pytest.mark.parametrize("status", [400, 401, 500, 503, 200])
    async def test_an_api_in_trouble(self, client: HttpControlApi, control: FakeInternalApi, status: int) -> None:
        control.claim_status = status  # 200 comes with an empty object
        with pytest.raises(ApiUnreachable):
            await client.claim(REQUEST)

    async def test_a_slow_api_is_not_waited_for(
        self, client: HttpControlApi, control: FakeInternalApi, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(claims, "TIMEOUT_S", 0.1)
        control.claim_delay_s = 5
        with pytest.raises(ApiUnreachable):
            await client.claim(REQUEST)

    async def test_an_api_that_is_away(self, client: HttpControlApi, control: FakeInternalApi) -> None:
        await control.stop()
        with pytest.raises(ApiUnreachable):
            await client.claim(REQUEST)


class TestReports:
    async def test_they_are_delivered(self, client: HttpControlApi, control: FakeInternalApi) -> None:
        assert await client.deliver([REPORT]) == 0
        assert control.reports == [REPORT]

    async def test_some_may_be_refused(self, client: HttpControlApi, control: FakeInternalApi) -> None:
        control.refuse_seqs = {1}
        assert await client.deliver([REPORT]) == 1
        assert control.reports == []

    @pytest.mark.parametrize("status", [400, 413])
    async def test_all_may_be_refused(self, client: HttpControlApi, control: FakeInternalApi, status: int) -> None:
        control.report_status = status
        with pytest.raises(ReportsRefused):
            await client.deliver([REPORT])

    @pytest.mark.parametrize("status", [401, 403, 404, 429, 500, 503])
    async def test_what_may_pass_is_no_refusal(
        self, client: HttpControlApi, control: FakeInternalApi, status: int
    ) -> None:
        control.report_status = status
        with pytest.raises(ApiUnreachable):
            await client.deliver([REPORT])

    async def test_an_answer_that_is_lost(self, client: HttpControlApi, control: FakeInternalApi) -> None:
        control.drop_next_reports = 1
        with pytest.raises(ApiUnreachable):
            await client.deliver([REPORT])
        await client.deliver([REPORT])
        assert (control.reports, control.duplicates) == ([REPORT], 1)


class Linked:
    def __init__(self, control: FakeInternalApi, http: aiohttp.ClientSession, token: str = TOKEN) -> None:
        self.beat = Heartbeat(3, (HeldCall(CallId("c"), 1),))
        self.beats: list[Heartbeat] = []
        """Said before `beat`, each once."""
        self.commands: list[Command] = []
        self.connections = 0
        self.link = WorkerLink(
            http=http,
            base_url=control.url,
            token=token,
            hello=Hello(WORKER, 4),
            heartbeat=lambda: self.beats.pop(0) if self.beats else self.beat,
            on_command=self.commands.append,
            on_connected=self._connected,
            clock=SystemClock(),
        )
        self._running = asyncio.create_task(self.link.run())

    def _connected(self) -> None:
        self.connections += 1

    async def close(self) -> None:
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)


@pytest.fixture
async def linked(control: FakeInternalApi, http: aiohttp.ClientSession) -> AsyncIterator[Linked]:
    linked = Linked(control, http)
    yield linked
    await linked.close()


class TestLink:
    async def test_it_says_who_it_is_and_what_lives_here(self, linked: Linked, control: FakeInternalApi) -> None:
        await control.wait_for("it lives", lambda: len(control.heartbeats) >= 3)
        assert control.hellos == [Hello(WORKER, 4)]
        assert control.heartbeats[-1] == linked.beat
        assert linked.link.connected

    async def test_what_has_changed_can_be_said_at_once(self, linked: Linked, control: FakeInternalApi) -> None:
        await until("it is connected", lambda: linked.link.connected)
        linked.beat = Heartbeat(0, ())
        await linked.link.beat()
        await control.wait_for("no slot is free", lambda: control.heartbeats[-1].free_slots == 0, limit_s=1)

    async def test_what_changed_before_the_welcome_is_said_with_it(
        self, control: FakeInternalApi, http: aiohttp.ClientSession
    ) -> None:
        control.heartbeat_s = 60
        linked = Linked(control, http)
        linked.beats = [Heartbeat(0, ()), Heartbeat(4, ())]
        await until("it is connected", lambda: linked.link.connected)
        await control.wait_for("its slots are known", lambda: control.heartbeats[-1].free_slots == 4)
        await linked.close()

    async def test_commands_are_obeyed_and_acknowledged(self, linked: Linked, control: FakeInternalApi) -> None:
        await until("it is connected", lambda: linked.link.connected)
        sent = await control.command(CommandKind.END, HeldCall(CallId("c"), 1))
        await control.wait_for("it is understood", lambda: control.acks == [sent])
        (command,) = linked.commands
        assert (command.kind, command.call_id, command.epoch) == (CommandKind.END, "c", 1)

    async def test_it_comes_back_by_itself(self, linked: Linked, control: FakeInternalApi) -> None:
        await until("it is connected", lambda: linked.link.connected)
        await control.stop()
        await until("it has noticed", lambda: not linked.link.connected)
        await control.start()
        await control.wait_for("it is back", lambda: len(control.hellos) == 2)
        await until("it is connected again", lambda: linked.link.connected)
        assert linked.connections == 2

    async def test_what_cannot_be_read_changes_nothing(self, linked: Linked, control: FakeInternalApi) -> None:
        await until("it is connected", lambda: linked.link.connected)
        for text in ("", "[]", '{"type":"command","command":"dance"}', '{"type":"command","command":"end"}'):
            await control.say(text)
        sent = await control.command(CommandKind.END, HeldCall(CallId("c"), 1))
        await control.wait_for("it still listens", lambda: control.acks == [sent])

    async def test_a_wrong_token_is_told_once(self, control: FakeInternalApi, http: aiohttp.ClientSession) -> None:
        with structlog.testing.capture_logs() as lines:
            linked = Linked(control, http, token="wrong")
            await until("it was refused", lambda: control.refused >= 2)
            await linked.close()
        assert not linked.link.connected
        assert [line["problem"] for line in lines] == ["status 401"]
