"""Files in a folder, in S3 and what speaks its protocol, at Google, at Azure: obstore, without its exceptions.

Big files go in parts of 8 MB, which obstore retries one by one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import BaseError
from obstore.store import AzureStore, GCSStore, LocalStore, S3Store

from shared.store_access import S3Access
from shared.store_address import StoreAddress, StoreKind
from worker.ports import StoreUnavailable

CHUNK_BYTES = 8 * 1024 * 1024
REQUEST_S = 60.0
RETRY_S = 30.0
"""Of one request, within obstore; the archive tries the file again after that."""


class ObstoreClient:
    def __init__(self, address: StoreAddress, access: S3Access) -> None:
        self._store = _open(address, access)

    async def put(self, file: Path, path: str) -> None:
        """Raises `StoreUnavailable`, and `OSError` when `file` cannot be read."""
        try:
            await obstore.put_async(self._store, path, file, chunk_size=CHUNK_BYTES, max_concurrency=2)
        except BaseError as error:
            raise _unavailable(error) from None

    async def read(self, path: str, chunk_bytes: int = CHUNK_BYTES) -> AsyncIterator[Any]:
        """What is stored, in pieces of at least so much. Raises `StoreUnavailable`, at once and while it is read."""
        try:
            answer = await obstore.get_async(self._store, path)
        except FileNotFoundError:  # obstore's own for an object that is not there
            raise StoreUnavailable("there is no such file") from None
        except BaseError as error:
            raise _unavailable(error) from None
        return _pieces(answer, chunk_bytes)


async def _pieces(answer: Any, chunk_bytes: int) -> AsyncIterator[Any]:
    try:
        async for piece in answer.stream(min_chunk_size=chunk_bytes):
            yield piece
    except BaseError as error:
        raise _unavailable(error) from None


def _unavailable(error: BaseError) -> StoreUnavailable:
    # Its text holds addresses and request ids; the kind says what an operator needs.
    return StoreUnavailable(type(error).__name__)


def _open(address: StoreAddress, access: S3Access) -> Any:
    prefix = address.prefix or None
    limits: Any = {
        "prefix": prefix,
        "retry_config": {"max_retries": 5, "retry_timeout": timedelta(seconds=RETRY_S)},
        "client_options": {"timeout": timedelta(seconds=REQUEST_S), "allow_http": access.is_plain},
    }
    if access.proxy is not None:
        limits["client_options"]["proxy_url"] = access.proxy
    match address.kind:
        case StoreKind.FOLDER:
            return LocalStore(address.name)
        case StoreKind.GOOGLE:
            return GCSStore(address.name, **limits)
        case StoreKind.AZURE:
            return AzureStore(address.name, **limits)
        case StoreKind.S3:
            return S3Store(address.name, **limits, **access.options)
