"""The port to an issuer's public keys."""

from __future__ import annotations

from typing import Protocol

from cryptography.hazmat.primitives.asymmetric import rsa

MIN_KEY_BITS = 2048


class UnknownKey(Exception):
    """The issuer has no such key."""


class KeysUnavailable(Exception):
    """Which keys the issuer has cannot be found out now. Never a reason to let somebody in."""


class SigningKeys(Protocol):
    async def key(self, key_id: str | None) -> rsa.RSAPublicKey:
        """`key_id`: the token's ``kid``. Raises `UnknownKey`, `KeysUnavailable`."""
        ...

    async def aclose(self) -> None: ...
