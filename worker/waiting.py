"""Waiting for whichever comes first, something to happen or time to pass on the injected clock; and for frames."""

from __future__ import annotations

import asyncio

from shared.clock import Clock


async def first_of(event: asyncio.Event, clock: Clock, seconds: float) -> bool:
    """Whether `event` was set within `seconds`; it is not cleared."""
    if event.is_set():
        return True
    waiter = asyncio.ensure_future(event.wait())
    sleeper = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait({waiter, sleeper}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiter.cancel()
        sleeper.cancel()
        await asyncio.gather(waiter, sleeper, return_exceptions=True)
    return event.is_set()


class Bell:
    """Wakes up its one waiter. For what comes with every frame: an `asyncio.Event` has a lock and a queue."""

    __slots__ = ("_has_rung", "_waiter")

    def __init__(self) -> None:
        self._has_rung = False
        self._waiter: asyncio.Future[None] | None = None

    def ring(self) -> None:
        """Ringing twice before it is heard is ringing once."""
        self._has_rung = True
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def heard(self) -> None:
        """Return when it has rung since the last time."""
        while not self._has_rung:
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        self._has_rung = False
