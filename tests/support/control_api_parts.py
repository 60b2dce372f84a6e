"""The services of the API over fakes, and over a clock that a test moves."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from control_api.limits import Limits
from control_api.ports import CallTx, LiveParticipant
from control_api.records import Call, CallType, Instructions, LeftWhy
from control_api.services.close_call import CallCloser
from control_api.services.container import Services
from control_api.services.open_call import OpenRequest
from control_api.services.record import settle_and_save
from control_api.services.recordings import RecordingBackend
from control_api.services.settle_recording import take_report
from control_api.services.webhook_inbox import store_fact
from control_api.upkeep.loop import Upkeep
from control_api.webhook_events import WebhookFact
from control_api.wiring import build_services, recording_upkeep
from shared.call_report import AgentJoined, RecordingReport, Report
from shared.claims import Claim, ClaimRequest
from shared.ids import CallId, RoomName, WorkerId
from shared.worker_link import Command, Heartbeat, HeldCall, Hello
from tests.fakes.call_store import MemoryStore
from tests.fakes.clock import FakeClock
from tests.fakes.livekit_gateway import FakeGateway, fake_livekit
from tests.support.calls import ANN, WORKER


@dataclass
class Parts:
    clock: FakeClock
    store: MemoryStore
    gateway: FakeGateway
    services: Services
    closer: CallCloser
    upkeep: Upkeep

    async def call(self, call_id: CallId) -> Call:
        found = await self.store.read(lambda tx: tx.call(call_id))
        assert found is not None
        return found

    async def opened(self, **changes: object) -> Call:
        return (await self.services.opener.open(ANN, an_open_request(**changes))).call

    async def claimed(self, call: Call, *, worker_id: WorkerId = WORKER, job_id: str = "job-1") -> Claim:
        return await self.services.claims.claim(ClaimRequest(worker_id, call.id, call.agent_epoch, job_id))

    async def joins(self, call: Call, identity: str) -> LiveParticipant:
        """Somebody comes into the room, and the webhook says so."""
        one = self.gateway.joins(call.media_room, identity)
        await self._hear(call, one)
        return one

    async def leaves(self, call: Call, one: LiveParticipant, why: LeftWhy = LeftWhy.ON_PURPOSE) -> None:
        if call.media_room in self.gateway.rooms:
            self.gateway.leaves(call.media_room, one)
        await self._hear(call, one, why)

    async def _hear(self, call: Call, one: LiveParticipant, why: LeftWhy | None = None) -> None:
        room_sid = self.gateway.rooms[call.media_room].live.sid
        left_ms = None if why is None else self.clock.now_ms()
        fact = WebhookFact(
            room_sid,
            call.media_room,
            None,
            participant_sid=one.sid,
            identity=one.identity,
            joined_ms=one.joined_ms,
            left_ms=left_ms,
            left_why=why,
        )

        def use_case(tx: CallTx) -> Call | None:
            stored = tx.call(call.id)
            assert stored is not None
            store_fact(tx, stored, fact)
            after = settle_and_save(tx, stored)
            return after if after.is_final and not stored.is_final else None

        ended = await self.store.write(use_case)
        if ended is not None:
            self.closer.close_soon([ended])
            await self.closed()

    async def agent_joins(self, call: Call, worker_id: WorkerId = WORKER) -> None:
        """Claimed, in the room, reported; its worker has a connection and says that it has the call."""
        call = await self.call(call.id)
        await self.claimed(call, worker_id=worker_id, job_id=f"job-{call.agent_epoch}")
        report = Report(call.id, call.agent_epoch, 1, self.clock.now_ms(), AgentJoined())
        await self.services.reports.take([report])
        await self.beat(call, worker_id=worker_id)

    async def beat(
        self, call: Call, *, model: str = "", worker_id: WorkerId = WORKER, epoch: int | None = None
    ) -> None:
        """The worker is well and has the call, in which somebody has just spoken. `epoch`: of another agent."""
        workers = self.services.workers
        link = workers._links.get(worker_id) or workers.connected(a_hello(worker_id=worker_id))
        epoch = epoch or (await self.call(call.id)).agent_epoch
        workers.heard(link, Heartbeat(4, (HeldCall(call.id, epoch, model, quiet_ms=500),)))

    async def told(self, *reports: RecordingReport) -> None:
        """What a job says of the recording that it writes."""
        for event in reports:
            await self.store.write(lambda tx, event=event: take_report(tx, event, self.clock.now_ms()))  # type: ignore[misc]

    def commands(self, worker_id: WorkerId = WORKER) -> list[Command]:
        """What the worker was told since the last time."""
        outbox = self.services.workers._links[worker_id].outbox
        return [outbox.get_nowait() for _ in range(outbox.qsize())]

    async def closed(self) -> None:
        """Until no call is being closed behind the requests. (Rooms to discard wait for the clock.)"""
        while closing := [task for key, task in self.closer._tasks.items() if not key.startswith("discard")]:
            await asyncio.gather(*closing, return_exceptions=True)

    async def tick(self, after_s: float = 1.0) -> None:
        """One second later: one turn of the upkeep, with all that it starts."""
        await self.clock.advance(after_s)
        await self.upkeep.tick()
        await self.upkeep.settled()
        await self.closed()

    def with_recording(self, backend: RecordingBackend) -> Parts:
        """Another process over the same store, which records in this way."""
        return _parts(self.clock, self.store, self.gateway, self.services.opener._limits, backend)

    def restarted(self) -> Parts:
        """As another process over the same store and media server, after the first was killed."""
        return _parts(self.clock, self.store, self.gateway, self.services.opener._limits, None)


def parts(limits: Limits | None = None, recording: RecordingBackend | None = None) -> Parts:
    clock = FakeClock()
    return _parts(clock, MemoryStore(), FakeGateway(clock), limits or Limits(), recording)


def _parts(
    clock: FakeClock, store: MemoryStore, gateway: FakeGateway, limits: Limits, recording: RecordingBackend | None
) -> Parts:
    services, closer = build_services(store, fake_livekit(gateway), limits, clock, recording)
    upkeep = Upkeep(store, gateway, services.workers, closer, recording_upkeep(services), closer.locks, limits, clock)
    return Parts(clock, store, gateway, services, closer, upkeep)


def an_open_request(**changes: object) -> OpenRequest:
    fields: dict[str, object] = {
        "call_type": CallType.SUPPORT,
        "room_name": RoomName("room-1"),
        "callee_id": None,
        "ai_enabled": True,
        "recording_enabled": True,
        "voice": "nova",
        "model": None,
        "metadata": {"order": 7},
        "instructions": Instructions("Be kind.", "Hello!"),
    }
    return OpenRequest(**(fields | changes))  # type: ignore[arg-type]


def a_hello(slots: int = 5, worker_id: WorkerId = WORKER, *, takes_offers: bool = False) -> Hello:
    return Hello(worker_id, slots, takes_offers=takes_offers)
