"""Clerk's keys over a real connection: an issuer that rotates, stops, hangs and talks nonsense."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2
import pytest

from control_api.adapters.clerk_sign_in import ClerkSignIn
from control_api.adapters.jwks_http import HttpKeySource
from control_api.adapters.key_cache import LOOK_S, REFRESH_S, RETRY_S, STALE_S, CachedKeys
from control_api.adapters.memory_rate_window import MemoryRateWindow
from control_api.app import Access, build_app
from control_api.clerk_claims import ClerkRules
from control_api.services.rate_limiter import RateLimiter
from scripts.dev.free_ports import free_port
from tests.fakes.clerk import ISSUER, PARTY, JwksServer, claims, mint, running_jwks
from tests.fakes.clock import FakeClock
from tests.support.api_client import SESSION, UNLIMITED
from tests.support.control_api_parts import parts

PATIENT_S = 60.0
"""For an issuer that does answer, on however busy a machine."""
IMPATIENT_S = 2.0
"""For one that answers and then does not."""


@dataclass
class Front:
    """The whole application with Clerk's sign-in, and a clock that a test moves."""

    http: httpx2.AsyncClient
    clock: FakeClock
    jwks: JwksServer

    def token(self, key: str = "first", key_id: str = "ins_first") -> str:
        return mint(claims(self.clock.now_ms() / 1000), key=key, key_id=key_id)

    async def status(self, token: str | None = None) -> int:
        headers = {"Authorization": f"Bearer {token or self.token()}"}
        return (await self.http.get(SESSION, headers=headers)).status_code


@asynccontextmanager
async def a_front(url: str | None = None, within_s: float = PATIENT_S) -> AsyncIterator[Front]:
    async with running_jwks() as jwks:
        p = parts()
        keys = CachedKeys(HttpKeySource(url or jwks.url, within_s=within_s), p.clock)
        verifier = ClerkSignIn(keys, ClerkRules(ISSUER, frozenset({PARTY})), p.clock)
        limiter = RateLimiter(UNLIMITED, MemoryRateWindow(), p.clock)
        app = build_app(p.services, Access(verifier, None, limiter, cookie_origins=[PARTY]))
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://api.example") as http:
            yield Front(http, p.clock, jwks)
        await verifier.aclose()


async def test_a_good_token_comes_in_by_header_and_by_cookie() -> None:
    async with a_front() as front:
        assert await front.status() == 200
        cookie = {"Cookie": f"__session={front.token()}"}
        assert (await front.http.get(SESSION, headers=cookie)).status_code == 200
        assert (await front.http.post(SESSION, headers=cookie, json={})).status_code == 403
        own = cookie | {"Origin": PARTY}
        assert (await front.http.post(SESSION, headers=own, json={})).status_code == 200
        assert front.jwks.requests == 1


async def test_a_rotation_is_followed_at_the_first_token() -> None:
    async with a_front() as front:
        assert await front.status() == 200
        front.jwks.keys = {"ins_second": "second"}
        await front.clock.advance(LOOK_S)
        assert await front.status(front.token("second", "ins_second")) == 200
        assert await front.status() == 401
        assert await front.status(front.token("stranger", "ins_second")) == 401


async def test_many_unknown_keys_are_one_look() -> None:
    async with a_front() as front:
        assert await front.status() == 200
        await front.clock.advance(LOOK_S)
        statuses = await asyncio.gather(*(front.status(front.token("stranger", f"k{n}")) for n in range(30)))
        assert set(statuses) == {401}
        assert front.jwks.requests == 2


async def test_no_issuer_at_the_start_is_503_with_retry_after_and_never_a_pass() -> None:
    async with a_front(f"http://127.0.0.1:{free_port()}/.well-known/jwks.json") as front:
        answer = await front.http.get(SESSION, headers={"Authorization": f"Bearer {front.token()}"})
        assert answer.status_code == 503
        assert answer.json()["details"]["code"] == "sign_in_unavailable"
        assert int(answer.headers["Retry-After"]) > 0


async def test_a_black_hole_costs_one_time_limit_for_all_who_wait() -> None:
    async with a_front(within_s=IMPATIENT_S) as front:
        front.jwks.hangs = True
        statuses = await asyncio.gather(*(front.status() for _ in range(20)))
        assert set(statuses) == {503}
        assert await front.status() == 503
        assert front.jwks.requests == 1
        front.jwks.hangs = False
        await front.clock.advance(RETRY_S)
        assert await front.status() == 200


async def test_known_keys_serve_through_an_outage_without_delay() -> None:
    async with a_front(within_s=IMPATIENT_S) as front:
        assert await front.status() == 200
        front.jwks.hangs = True
        await front.clock.advance(REFRESH_S)
        started_s = time.monotonic()
        assert await front.status() == 200
        assert time.monotonic() - started_s < IMPATIENT_S / 2
        await front.clock.advance(STALE_S)
        assert await front.status() == 503


NONSENSE = {
    "an error": (500, "oops"),
    "not found": (404, "{}"),
    "a redirect": (302, ""),
    "no JSON": (200, "<html>"),
    "another document": (200, "[]"),
    "keys that are no list": (200, '{"keys": {}}'),
    "no key at all": (200, '{"keys": []}'),
    "no key that signs": (200, '{"keys": [{"kty": "EC", "kid": "ins_first"}, {"kty": "RSA", "kid": 7}, 7]}'),
    "a key that is none": (200, '{"keys": [{"kty": "RSA", "kid": "ins_first", "n": "!", "e": "AQAB"}]}'),
    "nested too deep": (200, "[" * 100_000),
    "far too much": (200, " " * 200_000),
}


@pytest.mark.parametrize("answer", NONSENSE.values(), ids=NONSENSE)
async def test_nonsense_takes_no_key_away_and_lets_nobody_in(answer: tuple[int, str]) -> None:
    async with a_front() as front:
        front.jwks.answer_with = answer
        assert await front.status() == 503
        front.jwks.answer_with = None
        await front.clock.advance(RETRY_S)
        assert await front.status() == 200
        front.jwks.answer_with = answer
        await front.clock.advance(REFRESH_S)
        assert await front.status() == 200
