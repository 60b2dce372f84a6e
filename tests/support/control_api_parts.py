"""The services of the API over fakes, and over a clock that a test moves."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from control_api.limits import Limits
from control_api.records import Call, CallType, Instructions
from control_api.services.close_call import CallCloser
from control_api.services.container import Services
from control_api.services.open_call import OpenRequest
from control_api.services.recordings import RecordingBackend
from control_api.upkeep.loop import Upkeep
from control_api.wiring import build_services
from shared.claims import Claim, ClaimRequest
from shared.ids import CallId, RoomName, WorkerId
from shared.worker_link import Hello
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

    async def closed(self) -> None:
        """Until nothing that runs behind the requests is under way."""
        while self.closer._tasks:
            await asyncio.gather(*self.closer._tasks.values(), return_exceptions=True)

    async def tick(self, after_s: float = 1.0) -> None:
        """One second later: one turn of the upkeep, with all that it starts."""
        await self.clock.advance(after_s)
        await self.upkeep.tick()
        await self.upkeep.settled()
        await self.closed()


def parts(limits: Limits | None = None, recording: RecordingBackend | None = None) -> Parts:
    clock, store = FakeClock(), MemoryStore()
    gateway = FakeGateway(clock)
    limits = limits or Limits()
    services, closer = build_services(store, fake_livekit(gateway), limits, clock, recording)
    upkeep = Upkeep(store, gateway, services.workers, closer, services.recordings, limits, clock)
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


def a_hello(slots: int = 5, worker_id: WorkerId = WORKER) -> Hello:
    return Hello(worker_id, slots)
