"""What sign-in and limits cost per request: ``python -m scripts.bench.access [--redis redis://127.0.0.1:6379/0]``.

Microseconds per operation, one after the other, best of five runs in one event loop. The peer is the `limits`
package, moving window, which has to be asked twice for what our headers need.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Awaitable, Callable

import jwt
import uvloop
from cryptography.hazmat.primitives.asymmetric import rsa
from limits import RateLimitItemPerHour
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from control_api.adapters.clerk_sign_in import ClerkSignIn
from control_api.adapters.key_cache import FixedKey
from control_api.adapters.memory_rate_window import MemoryRateWindow
from control_api.adapters.redis_rate_window import RedisRateWindow
from control_api.clerk_claims import ClerkRules
from control_api.middleware.auth import Auth
from control_api.middleware.client import ClientOf
from control_api.middleware.cookie_origin import CookieOrigin
from control_api.middleware.rate_limit import RateCharge, RateLimit
from control_api.ports import Credential
from control_api.rate_classes import READ, RatePolicies, RatePolicy
from control_api.rate_window import RateWindow
from control_api.services.rate_limiter import RateLimiter
from control_api.verified_tokens import VerifiedTokens
from shared.clock import SystemClock

ISSUER, PARTY, PATH = "https://clerk.example", "https://app.example", "/api/voice/session"
HOUR_MS = 3_600_000
RUNS = 5
Step = Callable[[int], Awaitable[object]]


async def cost_us(step: Step, times: int) -> float:
    best_s = float("inf")
    for run in range(RUNS):
        started_s = time.perf_counter()
        for number in range(times):
            await step(run * times + number)
        best_s = min(best_s, time.perf_counter() - started_s)
    return best_s / times * 1e6


def ours(window: RateWindow, limit: int) -> Step:
    clock = SystemClock()
    return lambda number: window.hit(f"user{number % 500}", limit=limit, window_ms=HOUR_MS, now_ms=clock.now_ms())


def theirs(limiter: MovingWindowRateLimiter, limit: int) -> Step:
    item = RateLimitItemPerHour(limit)

    async def step(number: int) -> None:
        await limiter.hit(item, f"user{number % 500}")
        await limiter.get_window_stats(item, f"user{number % 500}")

    return step


async def windows(redis_url: str | None) -> None:
    for limit in (10, 100, 2000):
        memory = await cost_us(ours(MemoryRateWindow(), limit), 20_000)
        peer = await cost_us(theirs(MovingWindowRateLimiter(MemoryStorage()), limit), 20_000)
        print(f"memory, limit {limit:5}: ours {memory:6.2f} us, limits {peer:6.2f} us, ratio {peer / memory:.1f}")
    if redis_url is None:
        return
    window = RedisRateWindow(redis_url)
    storage = RedisStorage(f"async+{redis_url}", implementation="redispy")
    mine = await cost_us(ours(window, 100), 1000)
    peer = await cost_us(theirs(MovingWindowRateLimiter(storage), 100), 1000)
    print(f"Redis,  limit   100: ours {mine:6.1f} us, limits {peer:6.1f} us, ratio {peer / mine:.1f}")
    await window.aclose()


def a_token(key: rsa.RSAPrivateKey) -> str:
    now = int(time.time())
    claims = {"iss": ISSUER, "sub": "user_1", "azp": PARTY, "exp": now + 60, "nbf": now - 10, "sid": "s", "v": 2}
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": "ins_1"})


async def sign_in(verifier: ClerkSignIn, token: str) -> None:
    credential = Credential(token)

    async def anew(_: int) -> None:
        verifier.verified = VerifiedTokens()
        await verifier.verify(credential)

    print(f"a token verified: {await cost_us(anew, 2000):6.1f} us, ", end="")
    print(f"remembered: {await cost_us(lambda _: verifier.verify(credential), 20_000):6.2f} us")


async def whole_chain(verifier: ClerkSignIn, token: str) -> None:
    many = RatePolicy(10_000, 900)
    limiter = RateLimiter(RatePolicies(read=many), MemoryRateWindow(), SystemClock())

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await Response("")(scope, receive, send)

    app: ASGIApp = Auth(RateCharge(answer), verifier, None)
    app = RateLimit(CookieOrigin(app, [PARTY]), limiter, {("GET", PATH): READ}, ClientOf())

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(_: Message) -> None:
        return

    headers = [(b"host", b"api"), (b"cookie", b"a=1; __session=" + token.encode())]

    def ask(target: ASGIApp) -> Step:
        return lambda _: target(
            {"type": "http", "method": "GET", "path": PATH, "headers": headers, "client": ("127.0.0.1", 1)},
            receive,
            send,
        )

    bare, full = await cost_us(ask(answer), 10_000), await cost_us(ask(app), 10_000)
    print(f"sign-in, origin, limit and headers around one request: {full - bare:6.1f} us")


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--redis")
    await windows(parser.parse_args().redis)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    verifier = ClerkSignIn(FixedKey(key.public_key()), ClerkRules(ISSUER, frozenset({PARTY})), SystemClock())
    token = a_token(key)
    await sign_in(verifier, token)
    await whole_chain(verifier, token)


if __name__ == "__main__":
    uvloop.run(main())
