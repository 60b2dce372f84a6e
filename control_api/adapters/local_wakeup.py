"""Wakes the reader of the log up when this process has written. Other replicas are found by the reader's own looks."""

from __future__ import annotations

import asyncio

from control_api.ports import Wakeup


class LocalWakeup(Wakeup):
    def __init__(self) -> None:
        self._written = asyncio.Event()

    def notify(self) -> None:
        self._written.set()

    async def wait(self, within_s: float) -> None:
        try:
            async with asyncio.timeout(within_s):
                await self._written.wait()
        except TimeoutError:
            return
        self._written.clear()
