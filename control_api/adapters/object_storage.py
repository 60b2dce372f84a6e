"""Recordings in a bucket, by obstore: S3 and what speaks its protocol, Google, Azure."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any, TypeVar

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError
from obstore.store import AzureStore, GCSStore, S3Store

from control_api.recording_ports import MayNotLook, RecorderUnavailable, RecordingStorage
from shared.store_access import S3Access
from shared.store_address import StoreAddress, StoreKind

T = TypeVar("T")
REQUEST_TIMEOUT_S = 2.5
_NOT_ALLOWED = "<Code>AccessDenied</Code>"
"""S3's word for a key that it knows; others are `InvalidAccessKeyId`, `SignatureDoesNotMatch`."""


class ObjectStorage(RecordingStorage):
    def __init__(self, address: StoreAddress, access: S3Access, public: S3Access | None = None) -> None:
        """`public`: how browsers reach the same store, when they do it otherwise than we; its name is signed, too."""
        self._store = _open(address, access)
        self._signer = self._store if public is None or public == access else _open(address, public)

    async def exists(self, path: str) -> bool:
        try:
            await _in_time(obstore.head_async(self._store, path))
        except FileNotFoundError:
            return False
        except _Refused as error:
            if await self._is_known(path):
                raise MayNotLook("the key may not list the bucket") from None
            raise RecorderUnavailable(str(error)) from None
        return True

    async def _is_known(self, path: str) -> bool:
        """Whether the store takes our key, and only refuses to say what is not there. A HEAD is refused in one way for
        both; the answer to a GET has a code."""
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                await obstore.get_range_async(self._store, path, start=0, end=1)
        except PermissionDeniedError as error:
            return _NOT_ALLOWED in str(error)
        except (BaseError, OSError, TimeoutError):
            return False
        return True

    async def read(self, path: str, *, max_bytes: int) -> bytes | None:
        try:
            found = await _in_time(obstore.get_async(self._store, path))
            return bytes(await _in_time(found.bytes_async())) if found.meta["size"] <= max_bytes else None
        except FileNotFoundError:
            return None

    async def signed_url(self, path: str, *, ttl_s: int) -> str:
        return await _in_time(obstore.sign_async(self._signer, "GET", path, timedelta(seconds=ttl_s)))

    async def delete(self, path: str) -> None:
        try:
            await _in_time(obstore.delete_async(self._store, path))
        except FileNotFoundError:
            return


class _Refused(RecorderUnavailable):
    """By a right that the key lacks, or since it is no key at all."""


async def _in_time(request: Awaitable[T]) -> T:
    try:
        async with asyncio.timeout(REQUEST_TIMEOUT_S):
            return await request
    except TimeoutError:
        raise RecorderUnavailable("the store does not answer") from None
    except PermissionDeniedError as error:
        raise _Refused(type(error).__name__) from None
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
