"""A worker without audio: it claims, reports, beats its heart, and notes what it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx2
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from shared import call_report, claims, wire, worker_link
from shared.call_report import Report, ReportEvent
from shared.clock import SystemClock
from shared.ids import CallId, WorkerId
from shared.worker_link import Command, CommandKind, HeldCall
from tests.support.until import patient


class WorkerDouble:
    def __init__(self, api_url: str, token: str, worker_id: str = "worker-1", *, slots: int = 5) -> None:
        self.worker_id = WorkerId(worker_id)
        self.slots = slots
        self.held: dict[CallId, int] = {}
        self.quiet_ms: int | None = None
        """For how long nobody speaks in its calls, as its heartbeats say."""
        self.commands: list[Command] = []
        self.welcomed = asyncio.Event()
        self._api_url = api_url
        self._headers = {"Authorization": f"Bearer {token}"}
        self._seq: dict[CallId, int] = {}
        self._link: asyncio.Task[None] | None = None

    def connect(self) -> None:
        self._link = asyncio.create_task(self._stay_connected())

    async def disconnect(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            link.cancel()
            with suppress(asyncio.CancelledError):
                await link

    async def claim(self, call_id: str, epoch: int = 1, job_id: str = "job-1") -> dict[str, Any]:
        """The claim's answer; the call is held from then on."""
        body = {"workerId": self.worker_id, "callId": call_id, "epoch": epoch, "jobId": job_id}
        answer = await self._post(claims.PATH, body)
        assert answer.status_code == 200, answer.text
        self.held[CallId(call_id)] = epoch
        claim: dict[str, Any] = answer.json()
        return claim

    async def report(self, call_id: str, *events: ReportEvent) -> None:
        reports, epoch = [], self.held.get(CallId(call_id), 1)
        for event in events:
            seq = self._seq[CallId(call_id)] = self._seq.get(CallId(call_id), 0) + 1
            reports.append(Report(CallId(call_id), epoch, seq, SystemClock().now_ms(), event).to_wire())
        answer = await self._post(call_report.PATH, {"workerId": self.worker_id, "reports": reports})
        assert (answer.status_code, answer.json()["rejected"]) == (200, []), answer.text

    async def _post(self, path: str, body: dict[str, Any]) -> httpx2.Response:
        async with httpx2.AsyncClient(base_url=self._api_url, headers=self._headers) as http:
            return await http.post(path, json=body)

    async def _stay_connected(self) -> None:
        url = self._api_url.replace("http", "ws", 1) + worker_link.PATH
        while True:
            with suppress(OSError, ConnectionClosed):
                async with connect(url, additional_headers=self._headers) as socket:
                    await self._talk(socket)
            await asyncio.sleep(0.1)

    async def _talk(self, socket: ClientConnection) -> None:
        await socket.send(wire.dumps(worker_link.Hello(self.worker_id, self.slots).to_wire()))
        listening = asyncio.create_task(self._listen(socket))
        try:
            while True:
                held = tuple(HeldCall(call_id, epoch, quiet_ms=self.quiet_ms) for call_id, epoch in self.held.items())
                await socket.send(wire.dumps(worker_link.Heartbeat(self.slots - len(held), held).to_wire()))
                await asyncio.sleep(worker_link.HEARTBEAT_S)
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError, ConnectionClosed):
                await listening

    async def _listen(self, socket: ClientConnection) -> None:
        async for text in socket:
            message = worker_link.parse_api_message(text)
            if isinstance(message, worker_link.Welcome):
                self.welcomed.set()
            elif message is not None:
                self.commands.append(message)
                if message.kind is CommandKind.END:
                    self.held.pop(message.call_id, None)


@asynccontextmanager
async def a_worker(
    api_url: str, token: str, worker_id: str = "worker-1", *, slots: int = 5
) -> AsyncIterator[WorkerDouble]:
    worker = WorkerDouble(api_url, token, worker_id, slots=slots)
    worker.connect()
    async with asyncio.timeout(patient(10)):
        await worker.welcomed.wait()
    try:
        yield worker
    finally:
        await worker.disconnect()
