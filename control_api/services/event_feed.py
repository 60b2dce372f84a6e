"""New events, from the log to whoever follows: one reader of the log for all clients of this process.

Nothing is handed over in memory. A write only wakes the reader up, which reads the log from where it was; so what one
process misses to say (another replica wrote it, the wake-up was lost) is found at the next look, `POLL_S` later, and
what is sent is what is on disk.

A client that comes with the id of its last event first gets what it has missed, read from the log, while what is new
waits in its queue; what was in both is sent once, because ids only grow.

Workers come and go without a call's log: an admin who follows all calls is told that something has changed of them, and
reads the list anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from control_api.ports import CallStore, SignedIn, Wakeup
from control_api.services.told_events import Batch, Told, told_after
from control_api.services.workers import WorkerRegistry
from shared.clock import let_others_run
from shared.errors import Errors, VoiceError
from shared.ids import CallId
from shared.log import get_logger

log = get_logger(__name__)

POLL_S = 0.25
BATCH = 100
QUEUE_SIZE = 256
"""Events that wait for one slow client. When there are more, its stream is closed and it comes back for them, with the
id of the last that it got: nothing is dropped (`EventFeed.slow_clients` counts)."""
MAX_CLIENTS = 1000
MAX_CLIENTS_PER_USER = 20
MAX_BEHIND = 5_000
"""Who has missed more events than this, over all calls, reads everything anew: that is cheaper than the events."""


class Signal(Enum):
    WORKERS = "workers"
    """The workers are not as they were."""


Waiting = Told | Literal[Signal.WORKERS]


@dataclass(frozen=True, slots=True)
class Wants:
    """What one client may and wants to hear."""

    user: SignedIn
    call_id: CallId | None = None
    """None: of all calls."""

    def has(self, told: Told) -> bool:
        if self.call_id is not None and told.call.id != self.call_id:
            return False
        return self.user.is_admin or self.user.user_id in told.audience

    @property
    def has_workers(self) -> bool:
        return self.user.is_admin and self.call_id is None


class Subscription:
    """One client's queue. `why_closed`: None while it is open."""

    def __init__(self, wants: Wants) -> None:
        self.wants = wants
        self.why_closed: str | None = None
        self._queue: asyncio.Queue[Waiting | None] = asyncio.Queue(QUEUE_SIZE)

    def offer(self, waiting: Waiting) -> None:
        try:
            if self.why_closed is None:
                self._queue.put_nowait(waiting)
        except asyncio.QueueFull:
            self.close("slow")

    def close(self, why: str) -> None:
        """What waits in the queue is not sent: the client comes back for it."""
        if self.why_closed is None:
            self.why_closed = why
            while not self._queue.empty():
                self._queue.get_nowait()
            self._queue.put_nowait(None)

    async def next(self, within_s: float) -> Waiting | None:
        """None when nothing came in time, and when it is closed."""
        try:
            async with asyncio.timeout(within_s):
                return await self._queue.get()
        except TimeoutError:
            return None


class EventFeed:
    def __init__(self, store: CallStore, wakeup: Wakeup, workers: WorkerRegistry) -> None:
        self._store = store
        self._wakeup = wakeup
        self._workers = workers
        self._outlines = workers.outlines()
        self._position = 0
        """Up to where the log was read. What is behind it, every open subscription has been offered."""
        self._clients: set[Subscription] = set()
        self._is_closed = False
        self.slow_clients = 0

    async def run(self) -> None:
        """For ever."""
        while True:
            try:
                await self._read_on()
            except Exception:
                log.exception("the log of events could not be read")
            self._look_at_workers()
            await self._wakeup.wait(POLL_S)

    def close(self) -> None:
        """All streams end, and no new one begins: the process is going to stop."""
        self._is_closed = True
        for client in self._clients:
            client.close("shutdown")

    def check_room(self, user: SignedIn) -> None:
        """Raises `VoiceError` when there are too many clients already."""
        of_user = sum(client.wants.user.user_id == user.user_id for client in self._clients)
        if len(self._clients) >= MAX_CLIENTS or of_user >= MAX_CLIENTS_PER_USER:
            raise VoiceError(Errors.TOO_MANY_CONNECTIONS, "There are too many open streams; close some first.")

    async def subscribe(self, wants: Wants) -> Subscription:
        """To be given back with `leave`."""
        position = await self._store.read(lambda tx: tx.last_event_id())
        if not self._clients:  # nobody read on while there was nobody to read for
            self._position = position
        client = Subscription(wants)
        self._clients.add(client)
        if self._is_closed:
            client.close("shutdown")
        return client

    def leave(self, client: Subscription) -> None:
        self._clients.discard(client)

    async def last_id(self) -> int:
        return await self._store.read(lambda tx: tx.last_event_id())

    async def missed(self, wants: Wants, after_id: int) -> AsyncIterator[Told]:
        """What the log has after that id, up to now."""
        is_all = False
        while not is_all:
            batch = await self._read(after_id)
            after_id, is_all = batch.last_id, batch.is_all
            for told in batch.told:
                if wants.has(told):
                    yield told
            await let_others_run()

    async def _read_on(self) -> None:
        is_all = not self._clients
        while not is_all:
            batch = await self._read(self._position)
            self._position, is_all = batch.last_id, batch.is_all
            for told in batch.told:
                self._offer(told)
            if not is_all:
                await let_others_run()  # they take what was offered; a queue holds no second batch

    async def _read(self, after_id: int) -> Batch:
        return await self._store.read(lambda tx: told_after(tx, after_id, BATCH))

    def _look_at_workers(self) -> None:
        before, self._outlines = self._outlines, self._workers.outlines()
        if self._outlines != before:
            for client in self._clients:
                if client.wants.has_workers:
                    self._hand(client, Signal.WORKERS)

    def _offer(self, told: Told) -> None:
        for client in self._clients:
            if client.wants.has(told):
                self._hand(client, told)

    def _hand(self, client: Subscription, waiting: Waiting) -> None:
        if client.why_closed is None:
            client.offer(waiting)
            self.slow_clients += client.why_closed is not None
