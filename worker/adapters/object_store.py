"""The store of recordings: a folder, S3 and what speaks its protocol, Google, Azure.

What was stored is read back and compared, byte by byte by its hash: that holds for every kind of store, and for the way
there.
"""

from __future__ import annotations

import asyncio
import hashlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from shared.store_access import S3Access
from shared.store_address import StoreAddress, StoreKind
from worker.ports import RecordingStore, Stored, StoreUnavailable

if TYPE_CHECKING:
    from worker.adapters.obstore_client import ObstoreClient

HASH_BYTES = 1024 * 1024


class ObjectStore(RecordingStore):
    def __init__(self, address: StoreAddress, access: S3Access) -> None:
        """Raises `OSError` when the address is a folder that cannot be made."""
        self._address = address
        self._access = access
        self._root: Path | None = None
        if address.kind is StoreKind.FOLDER:
            self._root = Path(address.name).absolute()
            self._root.mkdir(parents=True, exist_ok=True)
        else:
            _ = self._client  # what is wrong with it shows at the start

    @cached_property
    def _client(self) -> ObstoreClient:
        from worker.adapters.obstore_client import ObstoreClient  # 4 MB, for those who record

        return ObstoreClient(self._address, self._access)

    async def put(self, file: Path, path: str) -> Stored:
        self._check_links(path)
        try:
            here = await asyncio.to_thread(_hash_of, file)
            await self._client.put(file, path)
            there = await self._hash_of_stored(path)
        except OSError as error:
            raise StoreUnavailable(error.strerror or type(error).__name__) from None
        if here != there:
            raise StoreUnavailable("what is stored is not what was sent")
        return here

    async def fetch(self, path: str, file: Path) -> None:
        self._check_links(path)
        pieces = await self._client.read(path)
        with file.open("wb") as stream:
            async for piece in pieces:
                await asyncio.to_thread(stream.write, piece)

    async def _hash_of_stored(self, path: str) -> Stored:
        digest, size_bytes = hashlib.sha256(), 0
        async for piece in await self._client.read(path, HASH_BYTES):
            size_bytes += len(piece)
            await asyncio.to_thread(digest.update, piece)
        return Stored(size_bytes, digest.hexdigest())

    def _check_links(self, path: str) -> None:
        """obstore follows a symbolic link out of its folder."""
        if self._root is not None and not (self._root / path).resolve().is_relative_to(self._root.resolve()):
            raise StoreUnavailable("the path leads out of the folder")


def _hash_of(file: Path) -> Stored:
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256")
        return Stored(stream.tell(), digest.hexdigest())
