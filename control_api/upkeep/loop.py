"""The dumb half of the upkeep: gather, plan, execute, once a second. Every decision is in `control_api.upkeep.plan`."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from control_api.idempotency import LIFE_MS
from control_api.limits import Limits
from control_api.ports import CallStore, CallTx, LiveKitGateway, LiveKitRefused, LiveKitUnavailable
from control_api.recording_ports import RecorderUnavailable
from control_api.records import Call, Room
from control_api.services.agents import drop_agent
from control_api.services.close_call import CallCloser, command, end_call
from control_api.services.record import settle_and_save
from control_api.services.workers import WorkerRegistry
from control_api.upkeep.plan import (
    Action,
    CloseRoom,
    Dispatch,
    DropAgent,
    EndCall,
    LookInside,
    RoomsSeen,
    Seen,
    TellWorker,
    missing_since,
    plan,
)
from control_api.upkeep.recording_upkeep import RecordingUpkeep
from control_api.upkeep.repair import repairs
from shared.agent_state import AgentState
from shared.call_spec import CallSpec
from shared.clock import Clock
from shared.ids import AGENT_NAME, CallId, RoomSid
from shared.log import get_logger

log = get_logger(__name__)

TICK_S = 1.0
LIST_ROOMS_S = 3.0
HEARS_AFTER_START_S = 10.0
STALLED_S = 2.5
"""A tick that comes so late means that this process was held up, and has not read what workers sent meanwhile."""
HEARS_AFTER_STALL_S = 5.0
AT_ONCE = 16
"""Requests to LiveKit under way. What finds no place is dropped: the next tick plans it again (`counts`)."""
KEEP_INBOX_MS = 24 * 3600 * 1000
PRUNE_S = 3600.0


class Upkeep:
    def __init__(
        self,
        store: CallStore,
        gateway: LiveKitGateway | None,
        workers: WorkerRegistry,
        closer: CallCloser,
        recordings: RecordingUpkeep,
        limits: Limits,
        clock: Clock,
    ) -> None:
        self._recordings = recordings
        self._store = store
        self._gateway = gateway
        self._workers = workers
        self._closer = closer
        self._limits = limits
        self._clock = clock
        self._started_ms = clock.now_ms()
        self._hears_at_s = clock.monotonic_s() + HEARS_AFTER_START_S
        self._last_tick_s = clock.monotonic_s()
        self._listed_s = float("-inf")
        self._pruned_s = clock.monotonic_s()
        self._rooms: RoomsSeen | None = None
        self._looked_ms: dict[CallId, int] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.counts: Counter[str] = Counter()

    async def run(self) -> None:
        """For ever; one tick that fails does not end it."""
        try:
            while True:
                try:
                    await self.tick()
                except Exception:
                    log.exception("upkeep failed")
                await self._clock.sleep(TICK_S)
        finally:
            tasks = list(self._tasks.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def tick(self) -> None:
        seen = await self._gather()
        for action in plan(seen):
            self.counts[type(action).__name__] += 1
            await self._execute(action)
        await self._recordings.tick(seen, self._start, self.counts)
        self._list_rooms_when_due(seen)
        await self._prune_when_due()

    async def settled(self) -> None:
        """When all that the last tick started is done (for tests)."""
        while self._tasks:
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _gather(self) -> Seen:
        now_s = self._clock.monotonic_s()
        if now_s - self._last_tick_s > STALLED_S:
            self._hears_at_s = max(self._hears_at_s, now_s + HEARS_AFTER_STALL_S)
        self._last_tick_s = now_s
        # The workers first: a call that a heartbeat names was in the store before, so the calls read after it have it.
        workers = self._workers.views()
        open_calls, unclosed = await self._store.read(lambda tx: (tx.open_calls(), tx.unclosed_calls()))
        open_ids = {call.id for call in open_calls}
        self._looked_ms = {call_id: at for call_id, at in self._looked_ms.items() if call_id in open_ids}
        return Seen(
            now_ms=self._clock.now_ms(),
            started_ms=self._started_ms,
            open_calls=open_calls,
            unclosed=unclosed,
            workers=workers,
            hears_workers=now_s >= self._hears_at_s,
            rooms=self._rooms,
            limits=self._limits,
            looked_ms=self._looked_ms,
        )

    async def _execute(self, action: Action) -> None:
        match action:
            case EndCall():
                await end_call(self._store, self._closer, action.call_id, action.reason, self._clock.now_ms())
            case CloseRoom():
                self._closer.close_soon([action.call])
            case TellWorker():
                told = command(action.kind, action.call_id, action.epoch, action.args)
                self._workers.command(action.worker_id, told)
            case DropAgent():
                await drop_agent(self._store, self._closer, action.call, self._clock.now_ms())
            case Dispatch():
                self._start(f"dispatch {action.call.id}", self._dispatch(action.call))
            case LookInside():
                self._start(f"look {action.call.id}", self._look_inside(action.call, action.room_sid))

    def _start(self, key: str, work: Coroutine[Any, Any, None]) -> None:
        if key in self._tasks or len(self._tasks) >= AT_ONCE:
            self.counts["put_off"] += 1
            work.close()
            return
        task = asyncio.get_running_loop().create_task(_logged(key, work))
        self._tasks[key] = task
        task.add_done_callback(lambda _: self._tasks.pop(key, None))

    def _list_rooms_when_due(self, seen: Seen) -> None:
        nothing_to_see = not seen.open_calls and not seen.unclosed
        now_s = self._clock.monotonic_s()
        if self._gateway is None or nothing_to_see or now_s - self._listed_s < LIST_ROOMS_S:
            return
        self._listed_s = now_s
        self._start("list rooms", self._list_rooms(self._gateway, list(seen.open_calls)))

    async def _list_rooms(self, gateway: LiveKitGateway, open_calls: list[Call]) -> None:
        asked_ms = self._clock.now_ms()
        before = {} if self._rooms is None else self._rooms.missing_since_ms
        try:
            sids = {room.name: room.sid for room in await gateway.list_rooms()}
        except (LiveKitUnavailable, LiveKitRefused):
            self._rooms = None
            raise
        self._rooms = RoomsSeen(asked_ms, sids, missing_since(before, open_calls, sids, asked_ms))

    async def _dispatch(self, call: Call) -> None:
        now_ms = self._clock.now_ms()
        if self._gateway is None or not await self._store.write(lambda tx: _mark_dispatched(tx, call, now_ms)):
            return
        log.info("dispatching again", call_id=call.id, epoch=call.agent_epoch, dispatches=call.agent_dispatches + 1)
        spec = CallSpec(call.id, call.room_name, call.agent_epoch)
        await self._gateway.dispatch(call.room_name, agent_name=AGENT_NAME, metadata=spec.to_metadata())

    async def _look_inside(self, call: Call, room_sid: RoomSid) -> None:
        if self._gateway is None:
            return
        asked_ms = self._clock.now_ms()
        live = await self._gateway.list_participants(call.room_name)

        def use_case(tx: CallTx) -> int:
            stored = tx.call(call.id)
            if stored is None or stored.is_final:
                return 0
            needed = repairs(stored, tx.presence(call.id), live, room_sid, asked_ms)
            is_new_room = tx.room(room_sid) is None
            if is_new_room:
                tx.put_room(Room(room_sid, call.id, asked_ms))
            for stay in needed:
                tx.put_presence(stay)
            if needed or is_new_room:
                settle_and_save(tx, stored)
            return len(needed)

        # Most looks find what is stored; only a difference is worth a write.
        stored = await self._store.read(lambda tx: tx.presence(call.id))
        is_known = await self._store.read(lambda tx: tx.room(room_sid) is not None)
        if not is_known or repairs(call, stored, live, room_sid, asked_ms):
            repaired = await self._store.write(use_case)
            log.info("presence repaired", call_id=call.id, participants=repaired)
        self._looked_ms[call.id] = asked_ms

    async def _prune_when_due(self) -> None:
        now_s = self._clock.monotonic_s()
        if now_s - self._pruned_s >= PRUNE_S:
            self._pruned_s = now_s
            now_ms = self._clock.now_ms()
            await self._store.write(lambda tx: _prune(tx, now_ms))


def _prune(tx: CallTx, now_ms: int) -> None:
    tx.prune_inbox(now_ms - KEEP_INBOX_MS)
    tx.prune_reservations(now_ms - LIFE_MS)


def _mark_dispatched(tx: CallTx, call: Call, now_ms: int) -> bool:
    stored = tx.call(call.id)
    if stored is None or stored.is_final or stored.agent_epoch != call.agent_epoch:
        return False
    if stored.agent_state is not AgentState.PENDING:
        return False
    tx.save_call(replace(stored, agent_dispatched_ms=now_ms, agent_dispatches=stored.agent_dispatches + 1))
    return True


async def _logged(what: str, work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except RecorderUnavailable as error:
        log.warning("recorder not reached", what=what.partition(" ")[0], why=str(error))
    except (LiveKitUnavailable, LiveKitRefused) as error:
        log.warning("media server not reached", what=what.partition(" ")[0], why=str(error))
    except Exception:
        log.exception("upkeep action failed", what=what.partition(" ")[0])
