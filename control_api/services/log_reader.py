"""Reads the log of what happens in calls for those who watch over all of it: metrics, traces. Nothing in a request
waits for them, and they see what was really stored, once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from control_api.call_events import CallEvent
from control_api.ports import CallStore
from shared.clock import Clock
from shared.log import get_logger

log = get_logger(__name__)

EVERY_S = 1.0
BATCH = 500


Listener = Callable[[CallEvent], Awaitable[None]]


class LogReader:
    def __init__(self, store: CallStore, clock: Clock, listeners: Sequence[Listener]) -> None:
        self._store = store
        self._clock = clock
        self._listeners = listeners
        self._position: int | None = None

    async def run(self) -> None:
        """For ever, from the end of the log on."""
        while True:
            try:
                await self.read_on()
            except Exception:
                log.exception("the log of events could not be read")
            await self._clock.sleep(EVERY_S)

    async def read_on(self) -> None:
        """Tell what is new. The first time: nothing, only where the log ends is noted."""
        if self._position is None:
            self._position = await self._store.read(lambda tx: tx.last_event_id())
        is_all = False
        while not is_all:
            is_all = await self._read_batch(self._position)

    async def _read_batch(self, after_id: int) -> bool:
        events = await self._store.read(lambda tx: tx.events_after(after_id, BATCH))
        for event in events:
            self._position = event.id
            for listener in self._listeners:
                await listener(event)
        return len(events) < BATCH
