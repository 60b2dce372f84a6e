"""The agent of a running call: added, removed, lost. The call goes on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

from control_api.access import find_newest, find_open_to_change, find_to_change
from control_api.agent_epochs import with_new_agent, without_agent
from control_api.call_events import AgentLostEvent
from control_api.history_ports import CallFilter
from control_api.limits import Limits
from control_api.ports import CallStore, CallTx, Closer, LiveKitRefused, LiveKitUnavailable, SignedIn
from control_api.records import Call, CallPage
from control_api.services.bring_agent import dispatch_next
from control_api.services.livekit import LiveKit, configured
from control_api.services.record import settle_and_save
from control_api.services.room_locks import RoomLocks
from control_api.services.workers import WorkerRegistry
from shared.agent_state import AgentState
from shared.clock import Clock
from shared.errors import Errors, VoiceError
from shared.ids import RoomName
from shared.log import get_logger

log = get_logger(__name__)

DISPATCH_WITHIN_S = 2.5
HEARD_WITHIN_S = 4.0


@dataclass(frozen=True, slots=True)
class AgentRequest:
    """What is None stays as the call has it."""

    system_prompt: str | None = field(default=None, repr=False)
    voice: str | None = None


class Agents:
    def __init__(
        self,
        store: CallStore,
        livekit: LiveKit | None,
        workers: WorkerRegistry,
        closer: Closer,
        locks: RoomLocks,
        limits: Limits,
        clock: Clock,
    ) -> None:
        self._store = store
        self._livekit = livekit
        self._workers = workers
        self._closer = closer
        self._locks = locks
        self._limits = limits
        self._clock = clock

    async def spawn(self, user: SignedIn, room_name: RoomName, request: AgentRequest) -> Call:
        """The call with the agent that is on its way, or was there already. Raises `VoiceError`; then the call is as
        it was."""
        livekit = configured(self._livekit)
        now_ms, free_slots = self._clock.now_ms(), self._workers.free_slots()

        def reserve(tx: CallTx) -> tuple[Call, bool]:
            before = find_open_to_change(tx, user, room_name)
            if before.has_agent:
                return before, False
            check_slots(tx, free_slots)
            if request.system_prompt is not None:
                instructions = replace(tx.instructions(before.id), system_prompt=request.system_prompt)
                tx.save_instructions(before.id, instructions)
            changed = replace(before, voice=request.voice or before.voice)
            return settle_and_save(tx, before, with_new_agent(changed, now_ms)), True

        call, is_new = await self._store.write(reserve)
        if is_new:
            await self._dispatch(livekit, call)
        return call

    async def remove(self, user: SignedIn, room_name: RoomName) -> Call:
        """The call, which goes on. An agent that was gone already stays gone. Raises `VoiceError`."""
        now_ms = self._clock.now_ms()

        def use_case(tx: CallTx) -> tuple[Call, bool]:
            before = find_to_change(tx, user, room_name)
            if before.agent_state is None:
                raise VoiceError(Errors.NOT_FOUND, "This call has no agent.")
            if before.is_final:
                return before, False
            after = settle_and_save(tx, before, without_agent(before, now_ms, is_removed=True))
            return after, before.has_agent

        call, removed = await self._store.write(use_case)
        if removed:
            log.info("agent removed", call_id=call.id, epoch=call.agent_epoch)
            self._closer.remove_agent_soon(call)
        return call

    async def find(self, user: SignedIn, room_name: RoomName) -> Call:
        """The newest call of that name which the user may see. Raises `VoiceError`."""
        return await self._store.read(lambda tx: find_newest(tx, user, room_name))

    async def active(self, user: SignedIn, *, limit: int, offset: int) -> CallPage:
        """Open calls with an agent: everybody's for admins, one's own for others."""
        mine = None if user.is_admin else user.user_id
        return await self._store.read(
            lambda tx: tx.page(CallFilter(user_id=mine, with_agent=True), limit=limit, offset=offset)
        )

    def is_available(self, call: Call) -> bool:
        """Active, and its worker was heard from just now."""
        if call.agent_state is not AgentState.ACTIVE or call.agent_worker_id is None:
            return False
        worker = self._workers.views().get(call.agent_worker_id)
        return worker is not None and worker.connected and worker.silent_s < HEARD_WITHIN_S

    async def _dispatch(self, livekit: LiveKit, call: Call) -> None:
        try:
            async with asyncio.timeout(DISPATCH_WITHIN_S), self._locks.hold(call.media_room):
                await dispatch_next(livekit.gateway, call)
        except (LiveKitUnavailable, LiveKitRefused, TimeoutError) as error:
            log.error("media server took no agent", call_id=call.id, why=str(error) or type(error).__name__)
            await asyncio.shield(drop_agent(self._store, self._closer, call, self._clock.now_ms()))
            raise VoiceError(
                Errors.LIVEKIT_UNREACHABLE, "The media server cannot be reached; try again in a moment."
            ) from None
        log.info("agent added", call_id=call.id, epoch=call.agent_epoch)


def check_slots(tx: CallTx, free_slots: int | None) -> None:
    """Raises `VoiceError` when live workers have said what they have, and none has a place. A call whose agent nobody
    has claimed yet will need one, too."""
    if free_slots is not None and free_slots <= tx.count_unclaimed():
        raise VoiceError(Errors.NO_FREE_SLOT, "All agents are busy; try again in a moment.")


async def drop_agent(store: CallStore, closer: Closer, call: Call, now_ms: int) -> None:
    """The agent of this epoch is lost, or never came: the call goes on without."""

    def use_case(tx: CallTx) -> Call | None:
        before = tx.call(call.id)
        if before is None or before.is_final or before.agent_epoch != call.agent_epoch or not before.has_agent:
            return None
        tx.add_event(call.id, now_ms, AgentLostEvent(epoch=call.agent_epoch))
        return settle_and_save(tx, before, without_agent(before, now_ms, is_removed=False))

    dropped = await store.write(use_case)
    if dropped is not None:
        log.warning("agent lost", call_id=call.id, epoch=call.agent_epoch)
        closer.remove_agent_soon(dropped)
