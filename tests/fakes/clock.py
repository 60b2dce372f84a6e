"""A clock that stands still until a test moves it."""

from __future__ import annotations

import asyncio
import heapq
from itertools import count

START_MS = 1_700_000_000_000


class FakeClock:
    """Implements `shared.clock.Clock`."""

    def __init__(self) -> None:
        self._now_s = 1000.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = count()

    def now_ms(self) -> int:
        return START_MS + round((self._now_s - 1000.0) * 1000)

    def monotonic_s(self) -> float:
        return self._now_s

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now_s + max(seconds, 0.0), next(self._order), woken))
        await woken

    async def advance(self, seconds: float) -> None:
        """Let `seconds` pass; whoever sleeps is woken in order, at the time that was asked for."""
        until_s = self._now_s + seconds
        await settle()
        while self._sleepers and self._sleepers[0][0] <= until_s:
            due_s, _, woken = heapq.heappop(self._sleepers)
            if not woken.done():
                self._now_s = max(self._now_s, due_s)
                woken.set_result(None)
                await settle()
        self._now_s = until_s
        await settle()


async def settle() -> None:
    """Let every task run until it waits for something that does not come by itself."""
    for _ in range(30):
        await asyncio.sleep(0)
