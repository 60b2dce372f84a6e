"""A shared counter that may be down, slow or gone, without any request waiting long for it.

A hit has 200 ms. The first that fails opens the circuit: requests are not held up by the store any more, but for one
that tries it again after a pause, which doubles while it fails. Each change is logged once, all is counted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from control_api.rate_window import Hit, RateWindow, RateWindowUnavailable
from shared.clock import Clock
from shared.log import get_logger

log = get_logger(__name__)

BUDGET_S = 0.2
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0


@dataclass(slots=True)
class StoreCounters:
    failures: int = 0
    """Hits that the store did not count, within its budget or at all."""
    skipped: int = 0
    """Hits that were not sent to it, since it was known to be down."""
    outages: int = 0


class GuardedRateStore:
    def __init__(self, window: RateWindow, clock: Clock, *, budget_s: float = BUDGET_S) -> None:
        self._window = window
        self._clock = clock
        self._budget_s = budget_s
        self._pause_s = 0.0
        self._next_probe_s = 0.0
        self._left_behind: set[asyncio.Task[Hit]] = set()
        """Bounded by the requests that were under way when the circuit opened, and one per pause."""
        self.counters = StoreCounters()

    @property
    def is_down(self) -> bool:
        return self._pause_s > 0

    async def hit(self, key: str, *, limit: int, window_ms: int, now_ms: int) -> Hit | None:
        """None: nothing was counted, as far as we know."""
        is_probe = self.is_down
        if is_probe and not self._may_probe():
            self.counters.skipped += 1
            return None
        try:
            hit = await self._within_budget(self._window.hit(key, limit=limit, window_ms=window_ms, now_ms=now_ms))
        except (RateWindowUnavailable, TimeoutError) as error:
            self._failed(error, is_probe=is_probe)
            return None
        self._worked()
        return hit

    async def _within_budget(self, hit: Coroutine[Any, Any, Hit]) -> Hit:
        """In a task of its own, which is left behind when it does not end in time: of 50 hits at once on a connection
        that swallowed everything, two did not end for 2.3 s after redis-py was asked to (a cancellation that met its
        pool's own time limit was lost)."""
        task = asyncio.create_task(hit, name="rate-limit-store")
        try:
            await asyncio.wait([task], timeout=self._budget_s)
        finally:
            if not task.done():
                task.cancel()
                self._left_behind.add(task)
                task.add_done_callback(self._ended)
        if not task.done():
            raise TimeoutError
        return task.result()

    def _ended(self, task: asyncio.Task[Hit]) -> None:
        self._left_behind.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that asyncio does not complain that nobody did

    def _may_probe(self) -> bool:
        now_s = self._clock.monotonic_s()
        if now_s < self._next_probe_s:
            return False
        # The others go by for as long as this one may take, and for a pause more should it never come back.
        self._next_probe_s = now_s + self._pause_s + self._budget_s
        return True

    def _failed(self, error: Exception, *, is_probe: bool) -> None:
        self.counters.failures += 1
        if is_probe:
            self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)
        elif not self.is_down:
            self.counters.outages += 1
            self._pause_s = FIRST_PAUSE_S
            why = "too slow" if isinstance(error, TimeoutError) else str(error)
            log.warning("rate limit store is down, limits are counted locally", why=why)
        else:
            return  # it was under way when another found the store down
        self._next_probe_s = self._clock.monotonic_s() + self._pause_s

    def _worked(self) -> None:
        if self.is_down:
            self._pause_s = 0.0
            log.info("rate limit store is back", skipped=self.counters.skipped)

    async def aclose(self) -> None:
        await asyncio.gather(*self._left_behind, return_exceptions=True)
        await self._window.aclose()
