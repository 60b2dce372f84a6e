"""The store of recordings, by obstore: a folder, S3 and what speaks its protocol, Google, Azure.

What was stored is read back and compared, byte by byte by its hash: that holds for every kind of store, and for the way
there. Big files go in parts of 8 MB, which obstore retries one by one.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import AzureStore, GCSStore, LocalStore, S3Store

from shared.store_address import StoreAddress, StoreKind
from worker.ports import RecordingStore, Stored, StoreUnavailable

CHUNK_BYTES = 8 * 1024 * 1024
REQUEST_S = 60.0
RETRY_S = 30.0
"""Of one request, within obstore; the archive tries the file again after that."""


@dataclass(frozen=True, slots=True)
class S3Access:
    """What is None is taken from the surroundings: the machine's role, a file of its account."""

    region: str | None = None
    endpoint: str | None = None
    """Of a service that speaks S3's protocol."""
    access_key_id: str | None = None
    secret_access_key: str | None = field(default=None, repr=False)
    session_token: str | None = field(default=None, repr=False)


class ObjectStore(RecordingStore):
    def __init__(self, address: StoreAddress, access: S3Access) -> None:
        """Raises `OSError` when the address is a folder that cannot be made."""
        self._root: Path | None = None
        if address.kind is StoreKind.FOLDER:
            self._root = Path(address.name).absolute()
            self._root.mkdir(parents=True, exist_ok=True)
        self._store = _open(address, access)

    async def put(self, file: Path, path: str) -> Stored:
        self._check_links(path)
        try:
            here = await asyncio.to_thread(_hash_of, file)
            await obstore.put_async(self._store, path, file, chunk_size=CHUNK_BYTES, max_concurrency=2)
            there = await self._hash_of_stored(path)
        except BaseError as error:
            # Its text holds addresses and request ids; the kind says what an operator needs.
            raise StoreUnavailable(type(error).__name__) from None
        except OSError as error:
            raise StoreUnavailable(error.strerror or type(error).__name__) from None
        if here != there:
            raise StoreUnavailable("what is stored is not what was sent")
        return here

    async def fetch(self, path: str, file: Path) -> None:
        self._check_links(path)
        try:
            answer = await self._open(path)
            with file.open("wb") as stream:
                async for chunk in answer.stream(min_chunk_size=CHUNK_BYTES):
                    await asyncio.to_thread(stream.write, chunk)
        except BaseError as error:
            raise StoreUnavailable(type(error).__name__) from None

    async def _open(self, path: str) -> Any:
        try:
            return await obstore.get_async(self._store, path)
        except FileNotFoundError:  # obstore's own for an object that is not there
            raise StoreUnavailable("there is no such file") from None

    async def _hash_of_stored(self, path: str) -> Stored:
        digest, size_bytes = hashlib.sha256(), 0
        answer = await obstore.get_async(self._store, path)
        async for chunk in answer.stream(min_chunk_size=CHUNK_BYTES // 8):
            size_bytes += len(chunk)
            await asyncio.to_thread(digest.update, chunk)
        return Stored(size_bytes, digest.hexdigest())

    def _check_links(self, path: str) -> None:
        """obstore follows a symbolic link out of its folder."""
        if self._root is not None and not (self._root / path).resolve().is_relative_to(self._root.resolve()):
            raise StoreUnavailable("the path leads out of the folder")


def _hash_of(file: Path) -> Stored:
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256")
        return Stored(stream.tell(), digest.hexdigest())


def _open(address: StoreAddress, access: S3Access) -> Any:
    prefix = address.prefix or None
    limits: Any = {
        "prefix": prefix,
        "retry_config": {"max_retries": 5, "retry_timeout": timedelta(seconds=RETRY_S)},
        "client_options": {"timeout": timedelta(seconds=REQUEST_S), "allow_http": _is_plain(access)},
    }
    match address.kind:
        case StoreKind.FOLDER:
            return LocalStore(address.name)
        case StoreKind.GOOGLE:
            return GCSStore(address.name, **limits)
        case StoreKind.AZURE:
            return AzureStore(address.name, **limits)
        case StoreKind.S3:
            return S3Store(address.name, **limits, **_s3_options(access))


def _is_plain(access: S3Access) -> bool:
    return access.endpoint is not None and access.endpoint.startswith("http://")


def _s3_options(access: S3Access) -> dict[str, Any]:
    options = {
        "region": access.region,
        "endpoint": access.endpoint,
        "access_key_id": access.access_key_id,
        "secret_access_key": access.secret_access_key,
        "session_token": access.session_token,
    }
    return {name: value for name, value in options.items() if value is not None}
