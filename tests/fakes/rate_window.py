"""A storage that can be told to fail or to hang."""

from __future__ import annotations

import asyncio
import contextlib

from control_api.adapters.memory_rate_window import MemoryRateWindow
from control_api.rate_window import Hit, RateWindowUnavailable


class FakeRateWindow(MemoryRateWindow):
    def __init__(self) -> None:
        super().__init__()
        self.is_down = False
        self.hangs = False
        self.is_stubborn = False
        """Hangs, and does not let itself be cancelled the first time."""
        self.asked = 0
        self.closed = False
        self.released = asyncio.Event()

    async def hit(self, key: str, *, limit: int, window_ms: int, now_ms: int) -> Hit:
        self.asked += 1
        if self.is_down:
            raise RateWindowUnavailable("told to fail")
        if self.is_stubborn:
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
            await self.released.wait()
        if self.hangs:
            await asyncio.Event().wait()
        return await super().hit(key, limit=limit, window_ms=window_ms, now_ms=now_ms)

    async def aclose(self) -> None:
        self.closed = True
