"""The control API's internal routes for tests of the worker: a real server on loopback that can drop, delay and fail.

It knows the calls that a test gave it and nothing else: no database, no LiveKit, no rules but "the first claim wins".
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import TypeVar

from aiohttp import WSMsgType, web

from shared import call_report, claims, wire, worker_link
from shared.call_report import Report
from shared.claims import Claim, ClaimRequest
from shared.ids import CallId, WorkerId
from shared.worker_link import Ack, Command, CommandKind, Heartbeat, HeldCall, Hello, Welcome
from tests.support.until import patient

TOKEN = "internal-token-of-the-tests-0123456789"
_Event = TypeVar("_Event")


class FakeInternalApi:
    def __init__(self, token: str = TOKEN, port: int = 0) -> None:
        self.token = token
        self.calls: dict[HeldCall, Claim] = {}
        self.claimed_by: dict[HeldCall, WorkerId] = {}
        self.claim_requests: list[ClaimRequest] = []
        self.reports: list[Report] = []
        """Each once, in the order of arrival."""
        self.duplicates = 0
        self.hellos: list[Hello] = []
        self.heartbeats: list[Heartbeat] = []
        self.acks: list[str] = []
        self.claim_delay_s = 0.0
        self.heartbeat_s = 0.2
        self.fail_next_reports = 0
        """How many deliveries are answered with 503 before one is taken."""
        self.drop_next_reports = 0
        """How many deliveries are taken, and the answer lost."""
        self.report_status: int | None = None
        """Answer every delivery with this status."""
        self.claim_status: int | None = None
        self.refuse_seqs: set[int] = set()
        """Reports with such a `seq` are refused one by one."""
        self.refused = 0
        """How many connections and requests had a wrong token."""
        self._sockets: set[web.WebSocketResponse] = set()
        self._changed = asyncio.Event()
        self._runner: web.AppRunner | None = None
        self._port = port
        self._commands = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Start, or start again on the same port."""
        app = web.Application()
        app.router.add_post(claims.PATH, self._claim)
        app.router.add_post(call_report.PATH, self._reports)
        app.router.add_get(worker_link.PATH, self._worker)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """As an API that went away: connections are closed, what it was told stays known to the test."""
        await self.drop_connections()
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    @property
    def runs(self) -> bool:
        return self._runner is not None

    def behave(self) -> None:
        """From now on every request is answered as it should be."""
        self.claim_delay_s, self.fail_next_reports, self.drop_next_reports = 0.0, 0, 0
        self.claim_status = self.report_status = None
        self.refuse_seqs.clear()

    async def drop_connections(self) -> None:
        for socket in list(self._sockets):
            with contextlib.suppress(ConnectionError):
                await socket.close()

    def add(self, claim: Claim) -> HeldCall:
        held = HeldCall(claim.call_id, claim.epoch)
        self.calls[held] = claim
        return held

    async def command(self, kind: CommandKind, held: HeldCall, **args: object) -> str:
        """Send a command to every connected worker. Gives its id."""
        self._commands += 1
        command = Command(f"c{self._commands}", kind, held.call_id, held.epoch, args)
        for socket in list(self._sockets):
            await socket.send_str(wire.dumps(command.to_wire()))
        return command.command_id

    async def say(self, text: str) -> None:
        """Send any text to every connected worker."""
        for socket in list(self._sockets):
            await socket.send_str(text)

    def events(self, call_id: CallId, kind: type[_Event]) -> list[_Event]:
        return [report.event for report in self.reports if report.call_id == call_id and isinstance(report.event, kind)]

    async def wait_for(self, what: str, condition: Callable[[], bool], limit_s: float = 10.0) -> None:
        """Until `condition` holds; looked at whenever a worker has said something."""
        try:
            async with asyncio.timeout(patient(limit_s)):
                while not condition():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            seen = [type(report.event).__name__ for report in self.reports]
            raise AssertionError(f"within {limit_s} s the worker did not tell that {what}; reports: {seen}") from None

    async def wait_for_report(self, call_id: CallId, kind: type[_Event], limit_s: float = 10.0) -> _Event:
        """The first report of this kind."""
        name = getattr(kind, "__name__", str(kind))
        await self.wait_for(f"{name} happened", lambda: bool(self.events(call_id, kind)), limit_s)
        return self.events(call_id, kind)[0]

    async def _claim(self, request: web.Request) -> web.Response:
        self._authorise(request)
        wanted = ClaimRequest.from_wire(await request.json())
        self.claim_requests.append(wanted)
        self._changed.set()
        await asyncio.sleep(self.claim_delay_s)
        if self.claim_status is not None:
            return web.json_response({}, status=self.claim_status)
        held = HeldCall(wanted.call_id, wanted.epoch)
        if held not in self.calls or self.claimed_by.setdefault(held, wanted.worker_id) != wanted.worker_id:
            return web.json_response({"error": "claim lost"}, status=409)
        return web.json_response(self.calls[held].to_wire())

    async def _reports(self, request: web.Request) -> web.Response:
        self._authorise(request)
        if self.fail_next_reports > 0:
            self.fail_next_reports -= 1
            return web.json_response({}, status=503)
        if self.report_status is not None:
            return web.json_response({}, status=self.report_status)
        reports = [Report.from_wire(item) for item in (await request.json())["reports"]]
        rejected = [at for at, report in enumerate(reports) if report.seq in self.refuse_seqs]
        for at, report in enumerate(reports):
            if at not in rejected:
                self._take(report)
        self._changed.set()
        if self.drop_next_reports > 0:
            self.drop_next_reports -= 1
            assert request.transport is not None
            request.transport.close()
        refusals = [{"index": at, "code": "invalid_request"} for at in rejected]
        return web.json_response({"accepted": len(reports) - len(rejected), "rejected": refusals})

    def _take(self, report: Report) -> None:
        known = {(other.call_id, other.epoch, other.seq) for other in self.reports}
        if (report.call_id, report.epoch, report.seq) in known:
            self.duplicates += 1
        else:
            self.reports.append(report)

    async def _worker(self, request: web.Request) -> web.WebSocketResponse:
        self._authorise(request)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._sockets.add(socket)
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._worker_said(socket, message.data)
        finally:
            self._sockets.discard(socket)
        return socket

    async def _worker_said(self, socket: web.WebSocketResponse, text: str) -> None:
        match worker_link.parse_worker_message(text):
            case Hello() as hello:
                self.hellos.append(hello)
                await socket.send_str(wire.dumps(Welcome(self.heartbeat_s).to_wire()))
            case Heartbeat() as heartbeat:
                self.heartbeats.append(heartbeat)
            case Ack(command_id):
                self.acks.append(command_id)
        self._changed.set()

    def _authorise(self, request: web.Request) -> None:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            self.refused += 1
            raise web.HTTPUnauthorized
