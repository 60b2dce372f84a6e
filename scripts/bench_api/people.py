"""Users who are signed in: session tokens of an issuer whose key is made for this run."""

from __future__ import annotations

import time

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

ISSUER, PARTY = "https://clerk.bench.example", "https://app.bench.example"
TOKEN_LIFE_S = 3600


class People:
    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @property
    def settings(self) -> dict[str, str]:
        """What makes the API believe them."""
        public = self._key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return {
            "CLERK_ISSUER": ISSUER,
            "CLERK_JWT_KEY": public.decode(),
            "CLERK_AUTHORIZED_PARTIES": PARTY,
        }

    def token(self, user: str, *, is_admin: bool = False) -> str:
        now = int(time.time())
        claims: dict[str, object] = {
            "iss": ISSUER,
            "sub": user,
            "azp": PARTY,
            "exp": now + TOKEN_LIFE_S,
            "nbf": now - 10,
            "name": "Ann",
        }
        if is_admin:
            claims["metadata"] = {"role": "admin"}
        return jwt.encode(claims, self._key, algorithm="RS256")


def user_name(number: int) -> str:
    return f"user_{number:05d}"
