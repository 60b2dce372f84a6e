"""One lock per room at the media server: whoever makes it, sends an agent to it or clears it away takes turns.

A request that is tried again after it failed opens the same call, whose room may still be being cleared away.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from shared.ids import MediaRoom

K = TypeVar("K")


class Turns(Generic[K]):
    """One lock for each key that is in use. For one process; several API processes need locks in the database."""

    def __init__(self) -> None:
        self._locks: dict[K, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def hold(self, key: K) -> AsyncIterator[None]:
        lock, users = self._locks.get(key, (asyncio.Lock(), 0))
        self._locks[key] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks.pop(key)
            if users > 1:
                self._locks[key] = (lock, users - 1)


class RoomLocks(Turns[MediaRoom]):
    """By the room."""
