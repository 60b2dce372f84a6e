"""Sign-in for development: an issuer with a key of its own, made on first use and never leaving this machine.

`Settings` refuses it unless everything listens on loopback, so that nobody else can be let in by it.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from control_api.ports import Credential, NotSignedIn, SignedIn, SignInVerifier
from control_api.sign_in import InvalidUser, signed_in

ISSUER = "voice-development"
TOKEN_LIFE_S = 12 * 3600
CLOCK_LEEWAY_S = 30
_ALGORITHM = "RS256"


class DevIssuer(SignInVerifier):
    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self._key = key
        self._public_key = key.public_key()

    def token(
        self, user_id: str, *, name: str | None = None, is_admin: bool = False, life_s: int = TOKEN_LIFE_S
    ) -> str:
        """Raises `InvalidUser` for an id that no user can have."""
        signed_in(user_id, name, is_admin=is_admin)
        now = int(time.time())
        claims: dict[str, object] = {"iss": ISSUER, "sub": user_id, "iat": now, "nbf": now, "exp": now + life_s}
        if name is not None:
            claims["name"] = name
        if is_admin:
            claims["metadata"] = {"role": "admin"}
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM)

    async def verify(self, credential: Credential) -> SignedIn:
        try:
            claims = jwt.decode(
                credential.token,
                self._public_key,
                algorithms=[_ALGORITHM],
                issuer=ISSUER,
                leeway=CLOCK_LEEWAY_S,
                options={"require": ["exp", "iat", "sub", "iss"]},
            )
            metadata = claims.get("metadata")
            is_admin = isinstance(metadata, dict) and metadata.get("role") == "admin"
            user = signed_in(claims["sub"], claims.get("name"), is_admin=is_admin)
            return replace(user, valid_until_s=claims["exp"] + CLOCK_LEEWAY_S)
        except (jwt.InvalidTokenError, InvalidUser):
            raise NotSignedIn from None

    async def aclose(self) -> None:
        return


def open_dev_issuer(directory: Path) -> DevIssuer:
    """With the key that lies in `directory`, or a new one. Raises OSError or ValueError when it cannot be used."""
    path = directory / "key.pem"
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        _write_new_key(path)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ValueError("not an RSA key")
    return DevIssuer(key)


def _write_new_key(path: Path) -> None:
    """Whole or not at all, readable by its owner only; of two processes at once, one wins and both read its key."""
    pem = rsa.generate_private_key(public_exponent=65537, key_size=2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    unfinished = path.with_suffix(f".{os.getpid()}.new")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
    try:
        os.link(unfinished, path)
    except FileExistsError:
        pass
    finally:
        unfinished.unlink()
