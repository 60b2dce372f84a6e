"""The only place that reads the clock or sleeps."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    def now_ms(self) -> int:
        """Milliseconds since 1970; may jump when the machine's clock is set."""
        ...

    def monotonic_s(self) -> float:
        """Seconds that only grow; for intervals within one process."""
        ...

    async def sleep(self, seconds: float) -> None: ...


async def let_others_run() -> None:
    """Let each task that can run do so once, before what goes on here for long."""
    await asyncio.sleep(0)


class SystemClock:
    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
