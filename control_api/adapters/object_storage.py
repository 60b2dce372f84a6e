"""Recordings in a bucket, by obstore: S3 and what speaks its protocol, Google, Azure."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any, TypeVar

import obstore
from obstore.exceptions import BaseError
from obstore.store import AzureStore, GCSStore, S3Store

from control_api.recording_ports import RecorderUnavailable, RecordingStorage
from shared.store_access import S3Access
from shared.store_address import StoreAddress, StoreKind

T = TypeVar("T")
REQUEST_TIMEOUT_S = 2.5


class ObjectStorage(RecordingStorage):
    def __init__(self, address: StoreAddress, access: S3Access) -> None:
        self._store = _open(address, access)

    async def exists(self, path: str) -> bool:
        try:
            await _in_time(obstore.head_async(self._store, path))
        except FileNotFoundError:
            return False
        return True

    async def signed_url(self, path: str, *, ttl_s: int) -> str:
        return await _in_time(obstore.sign_async(self._store, "GET", path, timedelta(seconds=ttl_s)))

    async def delete(self, path: str) -> None:
        try:
            await _in_time(obstore.delete_async(self._store, path))
        except FileNotFoundError:
            return


async def _in_time(request: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(REQUEST_TIMEOUT_S):
            return await request
    except TimeoutError:
        raise RecorderUnavailable("the store does not answer") from None
    except BaseError as error:
        # Its text holds addresses and request ids; the kind says what an operator needs.
        raise RecorderUnavailable(type(error).__name__) from None


def _open(address: StoreAddress, access: S3Access) -> Any:
    retries: Any = {"max_retries": 1, "retry_timeout": timedelta(seconds=REQUEST_TIMEOUT_S)}
    prefix = address.prefix or None
    match address.kind:
        case StoreKind.GOOGLE:
            return GCSStore(address.name, prefix=prefix, retry_config=retries)
        case StoreKind.AZURE:
            return AzureStore(address.name, prefix=prefix, retry_config=retries)
        case StoreKind.S3:
            client: Any = {"client_options": {"allow_http": True}} if access.is_plain else {}
            return S3Store(address.name, prefix=prefix, retry_config=retries, **access.options, **client)
        case StoreKind.FOLDER:
            raise ValueError("a folder is no bucket")
