"""One lock per room name, so that a call that ends does not close the room that the next call has just opened.

LiveKit knows rooms by name, and a name may be used again at once. Deleting and creating take turns here.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from shared.ids import RoomName


class RoomLocks:
    """For one process; several API processes need locks in the database."""

    def __init__(self) -> None:
        self._locks: dict[RoomName, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def hold(self, room: RoomName) -> AsyncIterator[None]:
        lock, users = self._locks.get(room, (asyncio.Lock(), 0))
        self._locks[room] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks.pop(room)
            if users > 1:
                self._locks[room] = (lock, users - 1)
