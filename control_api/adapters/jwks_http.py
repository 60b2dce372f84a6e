"""Fetches an issuer's key set."""

from __future__ import annotations

import asyncio

import aiohttp
from cryptography.hazmat.primitives.asymmetric import rsa

from control_api.adapters.http_body import BodyTooLong, read_at_most
from control_api.jwks_document import BadKeys, read_key_set
from control_api.signing_keys import KeysUnavailable
from shared.proxies import proxy_of

FETCH_WITHIN_S = 3.0
MAX_BYTES = 128 * 1024


class HttpKeySource:
    """`url` is the operator's, never a token's."""

    def __init__(self, url: str, *, within_s: float = FETCH_WITHIN_S) -> None:
        self._url = url
        self._within_s = within_s

    async def fetch(self) -> dict[str, rsa.RSAPublicKey]:
        """Raises `KeysUnavailable`, at the latest after `within_s`."""
        try:
            async with asyncio.timeout(self._within_s):
                keys = read_key_set(await self._document())
        except (aiohttp.ClientError, BodyTooLong, BadKeys, TimeoutError, OSError) as error:
            raise KeysUnavailable(type(error).__name__) from None
        if not keys:
            # An issuer without a key is a broken document, not a reason to forget the keys that we have.
            raise KeysUnavailable("no usable key")
        return keys

    async def _document(self) -> bytes:
        async with (
            aiohttp.ClientSession(proxy=proxy_of(self._url)) as session,
            # A redirect would let whoever answers there choose our keys.
            session.get(self._url, allow_redirects=False) as answer,
        ):
            if answer.status != 200:
                raise KeysUnavailable(f"status {answer.status}")
            return await read_at_most(answer, MAX_BYTES)
