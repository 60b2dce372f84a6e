"""Ending a call, in one place: first the store says so, then everything of it is cleared away.

The request that ends a call is answered after the first step; the others run behind it (tell the room why, delete
the room, tell the worker) and are repeated by the upkeep until the row says `room_closed`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import replace
from typing import Any

from uuid_utils import uuid7

from control_api.call_facts import end
from control_api.ports import CallStore, CallTx, Closer, LiveKitGateway, LiveKitRefused, LiveKitUnavailable
from control_api.records import Call
from control_api.services.record import save_if_changed
from control_api.services.room_locks import RoomLocks
from control_api.services.workers import WorkerRegistry
from shared.call_state import EndReason
from shared.clock import Clock
from shared.ids import CallId, MediaRoom
from shared.log import get_logger
from shared.room_signals import CALL_ENDED_TOPIC, call_ended
from shared.worker_link import Command, CommandKind

log = get_logger(__name__)

CLOSES_AT_ONCE = 16
DISCARD_TRIES = 8
DISCARD_PAUSE_S = 4.0
DISCARD_DELETES = 2
"""A server that was held up may carry out the creation that we gave up on after the deletion that we sent later."""


async def end_call(store: CallStore, closer: Closer, call_id: CallId, reason: EndReason, now_ms: int) -> Call | None:
    """The ended call, or as it had ended before; None when there is none."""

    def use_case(tx: CallTx) -> tuple[Call, bool] | None:
        before = tx.call(call_id)
        if before is None:
            return None
        after = save_if_changed(tx, before, end(before, reason, now_ms))
        return after, not before.is_final

    found = await store.write(use_case)
    if found is None:
        return None
    call, ended_now = found
    if ended_now:
        log.info("call ended", call_id=call.id, status=call.status.value, end_reason=reason.value)
        closer.close_soon([call])
    return call


def command(kind: CommandKind, call_id: CallId, epoch: int, args: Mapping[str, Any] | None = None) -> Command:
    return Command(str(uuid7()), kind, call_id, max(epoch, 1), args or {})


def end_command(call_id: CallId, epoch: int) -> Command:
    return command(CommandKind.END, call_id, epoch)


class CallCloser(Closer):
    def __init__(
        self,
        store: CallStore,
        gateway: LiveKitGateway | None,
        workers: WorkerRegistry,
        locks: RoomLocks,
        clock: Clock,
    ) -> None:
        self._store = store
        self._gateway = gateway
        self._workers = workers
        self.locks = self._locks = locks
        self._clock = clock
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._at_once = asyncio.Semaphore(CLOSES_AT_ONCE)

    def close_soon(self, calls: Iterable[Call]) -> None:
        for call in calls:
            self._workers.command(call.agent_worker_id, end_command(call.id, call.agent_epoch))
            if call.recorder is not None:
                self._workers.command(call.recorder.worker_id, end_command(call.id, call.recorder.epoch))
            if self._gateway is not None and not call.room_closed and call.id not in self._tasks:
                self._start(call.id, self._close(self._gateway, call))

    def remove_agent_soon(self, call: Call) -> None:
        """Its worker is told; and in case it does not hear, the agent is put out of the room."""
        self._workers.command(call.agent_worker_id, command(CommandKind.REMOVE_AGENT, call.id, call.agent_epoch))
        if self._gateway is not None:
            self._start(f"agent of {call.id} {call.agent_epoch}", self._remove_agent(self._gateway, call))

    def say_soon(self, call: Call, topic: str, payload: bytes) -> None:
        """To everyone in the call's room; lost when the media server does not answer."""
        if self._gateway is not None:
            self._start(f"{topic} {call.id}", self._say(self._gateway, call, topic, payload))

    def discard_room(self, room: MediaRoom) -> None:
        """A room that may have been made for a call that does not exist: deleted as soon as LiveKit can be reached."""
        if self._gateway is not None:
            self._start(f"discard {room}", self._discard(self._gateway, room))

    async def aclose(self) -> None:
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, key: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks[key] = task
        task.add_done_callback(lambda _: self._tasks.pop(key, None))

    async def _close(self, gateway: LiveKitGateway, call: Call) -> None:
        try:
            async with self._at_once, self._locks.hold(call.media_room):
                await _close_room(gateway, call)
            await self._store.write(lambda tx: _mark_closed(tx, call.id))
        except (LiveKitUnavailable, LiveKitRefused) as error:
            log.warning("room not closed yet", call_id=call.id, why=str(error))
        except Exception:
            log.exception("closing a room failed", call_id=call.id)

    async def _remove_agent(self, gateway: LiveKitGateway, call: Call) -> None:
        try:
            async with self._at_once, self._locks.hold(call.media_room):
                stored = await self._store.read(lambda tx: tx.call(call.id))
                # Its successor has the same identity.
                if stored is not None and not stored.is_final and not stored.has_agent and call.agent_identity:
                    await gateway.remove_participant(call.media_room, call.agent_identity)
        except (LiveKitUnavailable, LiveKitRefused) as error:
            log.warning("agent not put out yet", call_id=call.id, why=str(error))

    async def _say(self, gateway: LiveKitGateway, call: Call, topic: str, payload: bytes) -> None:
        try:
            await gateway.send_data(call.media_room, topic=topic, payload=payload)
        except (LiveKitUnavailable, LiveKitRefused) as error:
            log.warning("room not told", call_id=call.id, topic=topic, why=str(error))

    async def _discard(self, gateway: LiveKitGateway, room: MediaRoom) -> None:
        deleted = 0
        for _ in range(DISCARD_TRIES):
            try:
                async with self._locks.hold(room):
                    call = await self._store.read(lambda tx: tx.call_in(room))
                    if call is None or call.is_final:
                        await gateway.delete_room(room)
                deleted += 1
            except (LiveKitUnavailable, LiveKitRefused):
                pass
            if deleted == DISCARD_DELETES:
                return
            await self._clock.sleep(DISCARD_PAUSE_S)


async def _close_room(gateway: LiveKitGateway, call: Call) -> None:
    payload = call_ended(call.id, call.end_reason or EndReason.INTERNAL_ERROR)
    try:
        await gateway.send_data(call.media_room, topic=CALL_ENDED_TOPIC, payload=payload)
    except (LiveKitUnavailable, LiveKitRefused) as error:
        log.warning("room not told why its call ended", call_id=call.id, why=str(error))
    await gateway.delete_room(call.media_room)


def _mark_closed(tx: CallTx, call_id: CallId) -> None:
    call = tx.call(call_id)
    if call is not None and call.is_final and not call.room_closed:
        tx.save_call(replace(call, room_closed=True))
