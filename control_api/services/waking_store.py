"""The store, which says after each write that there may be something new in the log."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from control_api.ports import CallStore, CallTx, Wakeup

T = TypeVar("T")


class WakingStore(CallStore):
    """Most writes have added an event; a look at the log that finds nothing is one point read."""

    def __init__(self, store: CallStore, wakeup: Wakeup) -> None:
        self._store = store
        self._wakeup = wakeup

    async def write(self, use_case: Callable[[CallTx], T]) -> T:
        result = await self._store.write(use_case)
        self._wakeup.notify()
        return result

    async def read(self, use_case: Callable[[CallTx], T]) -> T:
        return await self._store.read(use_case)

    async def survey(self, use_case: Callable[[CallTx], T]) -> T:
        return await self._store.survey(use_case)

    async def aclose(self) -> None:
        await self._store.aclose()
