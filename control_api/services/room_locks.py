"""One lock per room at the media server: whoever makes it, sends an agent to it or clears it away takes turns.

A request that is tried again after it failed opens the same call, whose room may still be being cleared away.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.ids import MediaRoom


class RoomLocks:
    """For one process; several API processes need locks in the database."""

    def __init__(self) -> None:
        self._locks: dict[MediaRoom, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def hold(self, room: MediaRoom) -> AsyncIterator[None]:
        lock, users = self._locks.get(room, (asyncio.Lock(), 0))
        self._locks[room] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks.pop(room)
            if users > 1:
                self._locks[room] = (lock, users - 1)
