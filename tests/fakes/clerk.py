"""A Clerk instance for tests: mints session tokens as Clerk does, serves its key set on loopback, and can rotate its
keys, fail, hang or answer rubbish."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jwt
from aiohttp import web
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from control_api.signing_keys import KeysUnavailable

ISSUER = "https://clerk.app.example"
PARTY = "https://app.example"
USER = "user_2abcDEF"


@cache
def rsa_key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """One key per name and run: making one takes some 50 ms."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def pem_of(key: rsa.RSAPrivateKey) -> str:
    public = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, public).decode()


def jwk_of(key: rsa.RSAPrivateKey, key_id: str) -> dict[str, Any]:
    jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {"kty": "RSA", "n": jwk["n"], "e": jwk["e"], "use": "sig", "alg": "RS256", "kid": key_id}


def claims(now_s: float, **changed: Any) -> dict[str, Any]:
    """Of a session token; a claim that is changed to None is left out."""
    now = int(now_s)
    usual: dict[str, Any] = {
        "azp": PARTY,
        "exp": now + 60,
        "fva": [1, -1],
        "iat": now,
        "iss": ISSUER,
        "nbf": now - 10,
        "sid": "sess_1",
        "sts": "active",
        "sub": USER,
        "v": 2,
    }
    return {name: value for name, value in (usual | changed).items() if value is not None}


def mint(payload: dict[str, Any], *, key: str = "first", key_id: str | None = "ins_first", **headers: Any) -> str:
    all_headers = headers if key_id is None else {"kid": key_id, **headers}
    return jwt.PyJWS().encode(json.dumps(payload).encode(), rsa_key(key), algorithm="RS256", headers=all_headers)


class FakeKeySource:
    """What `HttpKeySource` is, without a network."""

    def __init__(self, **keys: str) -> None:
        self.keys = keys
        self.is_down = False
        self.fetches = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def fetch(self) -> dict[str, rsa.RSAPublicKey]:
        self.fetches += 1
        await self.gate.wait()
        if self.is_down:
            raise KeysUnavailable("told to fail")
        return {key_id: rsa_key(name).public_key() for key_id, name in self.keys.items()}


@dataclass
class JwksServer:
    keys: dict[str, str] = field(default_factory=lambda: {"ins_first": "first"})
    answer_with: tuple[int, str] | None = None
    hangs: bool = False
    requests: int = 0
    url: str = ""
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    async def handle(self, _: web.Request) -> web.Response:
        self.requests += 1
        if self.hangs:
            await self.ended.wait()
        if self.answer_with is not None:
            status, text = self.answer_with
            headers = {"Location": "/elsewhere"} if 300 <= status < 400 else None
            return web.Response(status=status, text=text, headers=headers)
        document = {"keys": [jwk_of(rsa_key(name), key_id) for key_id, name in self.keys.items()]}
        return web.Response(text=json.dumps(document), content_type="application/json")


@asynccontextmanager
async def running_jwks() -> AsyncIterator[JwksServer]:
    server = JwksServer()
    app = web.Application()
    app.router.add_get("/.well-known/jwks.json", server.handle)
    app.router.add_get("/elsewhere", server.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/.well-known/jwks.json"
    try:
        yield server
    finally:
        server.ended.set()
        await runner.cleanup()
