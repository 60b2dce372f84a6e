"""The dumb half of the upkeep: gather, plan, execute, once a second. Every decision is in `control_api.upkeep.plan`.

While a worker is in doubt (its connection is closed, or it is silent for longer than heartbeats are apart) the turns
follow each other faster: a caller sits in silence until it is decided.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from typing import Any

from control_api.idempotency import LIFE_MS
from control_api.limits import Limits
from control_api.ports import CallStore, CallTx, LiveKitGateway, LiveKitRefused, LiveKitUnavailable
from control_api.recording_ports import RecorderUnavailable
from control_api.services.agents import drop_agent
from control_api.services.bring_agent import AgentBringer
from control_api.services.close_call import CallCloser, command, end_call
from control_api.services.room_locks import RoomLocks
from control_api.services.workers import WorkerRegistry
from control_api.upkeep.actions import (
    Action,
    CloseRoom,
    Dispatch,
    DropAgent,
    EndCall,
    LookInside,
    MakeRoomAgain,
    ReapRoom,
    ReplaceAgent,
    TellWorker,
)
from control_api.upkeep.plan import plan
from control_api.upkeep.recording_upkeep import RecordingUpkeep
from control_api.upkeep.rooms_watch import RoomsWatch
from control_api.upkeep.view import Seen
from shared.clock import Clock
from shared.log import get_logger

log = get_logger(__name__)

TICK_S = 1.0
HURRIED_TICK_S = 0.1
LIST_ROOMS_S = 3.0
LIST_IDLE_S = 30.0
"""How often rooms are listed while there is no call of which something could be seen."""
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
        locks: RoomLocks,
        limits: Limits,
        clock: Clock,
    ) -> None:
        self._recordings = recordings
        self._store = store
        self._workers = workers
        self._closer = closer
        self._limits = limits
        self._clock = clock
        self._watch = None if gateway is None else RoomsWatch(store, gateway, locks, limits, clock)
        self._agents = None if gateway is None else AgentBringer(store, gateway, closer, locks, clock)
        self._started_ms = clock.now_ms()
        self._hears_at_s = clock.monotonic_s() + HEARS_AFTER_START_S
        self._last_tick_s = clock.monotonic_s()
        self._listed_s = float("-inf")
        self._pruned_s = clock.monotonic_s()
        self._is_hurried = False
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
                await self._pause()
        finally:
            tasks = list(self._tasks.values())
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def hurry(self) -> None:
        """There is something to do that should not wait for the next tick."""
        self._is_hurried = True

    async def _pause(self) -> None:
        """Until the next tick is due: sooner when a worker has come into doubt, or somebody is in a hurry."""
        for _ in range(round(TICK_S / HURRIED_TICK_S)):
            await self._clock.sleep(HURRIED_TICK_S)
            if self._workers.is_one_in_doubt or self._workers.take_news() or self._is_hurried:
                self._is_hurried = False
                return

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
        if self._watch is not None:
            self._watch.forget_all_but({call.id for call in open_calls})
        return Seen(
            now_ms=self._clock.now_ms(),
            started_ms=self._started_ms,
            open_calls=open_calls,
            unclosed=unclosed,
            workers=workers,
            hears_workers=now_s >= self._hears_at_s,
            rooms=None if self._watch is None else self._watch.rooms,
            limits=self._limits,
            looked_ms={} if self._watch is None else self._watch.looked_ms,
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
            case Dispatch() | ReplaceAgent() | LookInside() | MakeRoomAgain() | ReapRoom():
                self._in_livekit(action)

    def _in_livekit(self, action: Dispatch | ReplaceAgent | LookInside | MakeRoomAgain | ReapRoom) -> None:
        if self._watch is None or self._agents is None:
            return
        match action:
            case Dispatch():
                self._start(f"dispatch {action.call.id}", self._agents.again(action.call))
            case ReplaceAgent():
                # Never put off: it has its own limit of how many run at once.
                self._start(f"replace {action.call.id}", self._agents.replace(action.call, action.why), is_urgent=True)
            case LookInside():
                self._start(f"look {action.call.id}", self._watch.look_inside(action.call, action.room_sid))
            case MakeRoomAgain():
                self._start(f"make {action.call.id}", self._watch.make_again(action.call), is_urgent=True)
            case ReapRoom():
                self._start(f"reap {action.media_room}", self._watch.reap(action.media_room))

    def _start(self, key: str, work: Coroutine[Any, Any, None], *, is_urgent: bool = False) -> None:
        if key in self._tasks or (len(self._tasks) >= AT_ONCE and not is_urgent):
            self.counts["put_off"] += 1
            work.close()
            return
        task = asyncio.get_running_loop().create_task(_logged(key, work))
        self._tasks[key] = task
        task.add_done_callback(lambda _: self._tasks.pop(key, None))

    def _list_rooms_when_due(self, seen: Seen) -> None:
        every_s = LIST_IDLE_S
        if seen.open_calls or seen.unclosed:
            every_s = LIST_ROOMS_S if seen.rooms is not None else TICK_S
        now_s = self._clock.monotonic_s()
        if self._watch is None or now_s - self._listed_s < every_s:
            return
        self._listed_s = now_s
        self._start("list rooms", self._watch.list_rooms(list(seen.open_calls)))

    async def _prune_when_due(self) -> None:
        now_s = self._clock.monotonic_s()
        if now_s - self._pruned_s >= PRUNE_S:
            self._pruned_s = now_s
            now_ms = self._clock.now_ms()
            await self._store.write(lambda tx: _prune(tx, now_ms))


def _prune(tx: CallTx, now_ms: int) -> None:
    tx.prune_inbox(now_ms - KEEP_INBOX_MS)
    tx.prune_reservations(now_ms - LIFE_MS)


async def _logged(what: str, work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except RecorderUnavailable as error:
        log.warning("recorder not reached", what=what.partition(" ")[0], why=str(error))
    except (LiveKitUnavailable, LiveKitRefused) as error:
        log.warning("media server not reached", what=what.partition(" ")[0], why=str(error))
    except Exception:
        log.exception("upkeep action failed", what=what.partition(" ")[0])
