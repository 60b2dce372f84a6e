"""Keeps an issuer's public keys, so that a request almost never waits for them.

Keys are fetched when the first token comes, and anew every `REFRESH_S` behind the requests: a key that the issuer has
withdrawn is believed for no longer than that while the issuer can be reached. While it cannot, old keys stay good for
`STALE_S`; after that, and when there never were any, nobody can be judged (`KeysUnavailable`, told as 503).

A token with an unknown ``kid`` may be the first after a rotation, so it makes us look, but at most once per `LOOK_S`:
else anyone could make us flood the issuer. All who wait for keys wait for the same fetch.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric import rsa

from control_api.signing_keys import KeysUnavailable, SigningKeys, UnknownKey
from shared.clock import Clock
from shared.log import get_logger

log = get_logger(__name__)

REFRESH_S = 600.0
STALE_S = 6 * 3600.0
LOOK_S = 10.0
"""Between two fetches for unknown key ids."""
RETRY_S = 2.0
"""After a failed fetch, before the next; those who come meanwhile are answered at once."""


class KeySource(Protocol):
    async def fetch(self) -> dict[str, rsa.RSAPublicKey]:
        """Raises `KeysUnavailable`, within a time limit of its own."""
        ...


class FixedKey(SigningKeys):
    """A key that the operator gave us: no network, and no choice by the token."""

    def __init__(self, key: rsa.RSAPublicKey) -> None:
        self._key = key

    async def key(self, key_id: str | None) -> rsa.RSAPublicKey:
        return self._key

    async def aclose(self) -> None:
        return


class CachedKeys(SigningKeys):
    def __init__(self, source: KeySource, clock: Clock) -> None:
        self._source = source
        self._clock = clock
        self._keys: dict[str, rsa.RSAPublicKey] = {}
        self._fetched_s: float | None = None
        self._tried_s: float | None = None
        self._has_failed = False
        self._fetch: asyncio.Task[None] | None = None
        self.fetches = 0

    async def key(self, key_id: str | None) -> rsa.RSAPublicKey:
        if key_id is None:
            raise UnknownKey
        if self._is_older_than(self._fetched_s, STALE_S):
            self._keys = {}
            await self._look(RETRY_S)
        elif self._is_older_than(self._fetched_s, REFRESH_S):
            self._start(RETRY_S)
        if key_id not in self._keys:
            await self._look(RETRY_S if self._has_failed else LOOK_S)
        return self._found(key_id)

    def _found(self, key_id: str) -> rsa.RSAPublicKey:
        key = self._keys.get(key_id)
        if key is not None:
            return key
        # Ours may be old keys: whether this one is good is then not known.
        raise KeysUnavailable if self._has_failed else UnknownKey

    async def _look(self, pause_s: float) -> None:
        """Waits for the fetch that is under way, or that starts now unless the last was too short ago."""
        self._start(pause_s)
        if self._fetch is not None:
            # One who gives up waiting must not end it for the others.
            await asyncio.shield(self._fetch)

    def _start(self, pause_s: float) -> None:
        if self._fetch is None and self._is_older_than(self._tried_s, pause_s):
            self._tried_s = self._clock.monotonic_s()
            self._fetch = asyncio.create_task(self._refresh(), name="signing-keys")

    def _is_older_than(self, at_s: float | None, age_s: float) -> bool:
        return at_s is None or self._clock.monotonic_s() - at_s >= age_s

    async def _refresh(self) -> None:
        self.fetches += 1
        try:
            self._keys = await self._source.fetch()
            self._fetched_s = self._clock.monotonic_s()
            self._note(None)
        except KeysUnavailable as error:
            self._note(str(error))
        finally:
            self._fetch = None

    def _note(self, failure: str | None) -> None:
        """Logs each change once."""
        if failure is not None and not self._has_failed:
            log.warning("signing keys cannot be fetched", why=failure, known_keys=len(self._keys))
        elif failure is None and self._has_failed:
            log.info("signing keys are fetched again", known_keys=len(self._keys))
        self._has_failed = failure is not None

    async def aclose(self) -> None:
        fetch = self._fetch
        if fetch is not None:
            fetch.cancel()
            await asyncio.gather(fetch, return_exceptions=True)
