"""Row 36: the shared store of the limits is stopped, swallows everything, is slow, comes back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from control_api.adapters.memory_rate_window import MemoryRateWindow
from control_api.adapters.redis_rate_window import RedisRateWindow
from control_api.adapters.upstash_rate_window import UpstashRateWindow
from control_api.rate_classes import RateClass, RatePolicies
from control_api.rate_window import RateWindow, RateWindowUnavailable
from control_api.services.guarded_rate_store import BUDGET_S, GuardedRateStore
from control_api.services.rate_limiter import Client, RateLimiter
from scripts.dev.free_ports import free_port
from scripts.faults.tcp_proxy import TcpProxy, tcp_proxy
from tests.fakes.clock import FakeClock
from tests.fakes.upstash_server import TOKEN, running_upstash
from tests.support.redis_server import RedisServer, running_redis

ALICE = Client("user:alice")
PATIENT_S = 30.0
"""What a store that does answer is given here, on however busy a machine."""
IMPATIENT_S = 2.0
"""For a store that answers and then does not."""


@dataclass
class Limited:
    window: RateWindow
    proxy: TcpProxy
    server: RedisServer

    budget_s: float

    def __post_init__(self) -> None:
        self.clock = FakeClock()
        self.guard = GuardedRateStore(self.window, self.clock, budget_s=self.budget_s)
        self.limiter = RateLimiter(RatePolicies(), MemoryRateWindow(), self.clock, self.guard)

    async def passed(self, times: int, rate_class: RateClass = RateClass.SESSION) -> int:
        return sum([(await self.limiter.charge(rate_class, ALICE)).passed for _ in range(times)])


@asynccontextmanager
async def limited(kind: str, directory: Path, budget_s: float = PATIENT_S) -> AsyncIterator[Limited]:
    """The store, with a proxy before it that can misbehave."""
    with running_redis(directory) as server:
        async with running_upstash(server.url) as upstash:
            port = server.port if kind == "redis" else int(upstash.url.rpartition(":")[2])
            async with tcp_proxy(port) as proxy:
                address = f"127.0.0.1:{proxy.port}"
                made = (
                    RedisRateWindow(f"redis://{address}/0", within_s=PATIENT_S)
                    if kind == "redis"
                    else UpstashRateWindow(f"http://{address}", TOKEN, within_s=PATIENT_S)
                )
                it = Limited(made, proxy, server, budget_s)
                try:
                    yield it
                finally:
                    await it.limiter.aclose()


KINDS = pytest.mark.parametrize("kind", ["redis", "upstash"])


@KINDS
async def test_a_store_that_swallows_everything_costs_one_request_its_budget(kind: str, tmp_path: Path) -> None:
    async with limited(kind, tmp_path, BUDGET_S) as it:
        it.proxy.is_black_hole = True
        started_s = time.monotonic()
        assert await it.passed(20) == 5
        assert await it.passed(200, RateClass.READ) == 200
        assert time.monotonic() - started_s > BUDGET_S * 0.9
        # Only the first one was sent to the store, and waited.
        assert (it.guard.counters.failures, it.guard.counters.skipped) == (1, 219)


@KINDS
async def test_those_under_way_together_wait_together(kind: str, tmp_path: Path) -> None:
    async with limited(kind, tmp_path, IMPATIENT_S) as it:
        it.proxy.is_black_hole = True
        started_s = time.monotonic()
        passed = await asyncio.gather(*(it.passed(1) for _ in range(50)))
        assert sum(passed) == 5
        assert time.monotonic() - started_s < 10 * IMPATIENT_S, "one after the other it would be 50 times"


@KINDS
async def test_a_slow_store_is_not_waited_for(kind: str, tmp_path: Path) -> None:
    async with limited(kind, tmp_path, BUDGET_S) as it:
        it.proxy.delay_s = PATIENT_S / 2
        started_s = time.monotonic()
        assert await it.passed(20) == 5
        assert time.monotonic() - started_s < PATIENT_S / 2
        assert (it.guard.counters.failures, it.guard.counters.skipped) == (1, 19)


@KINDS
async def test_a_store_within_its_budget_counts(kind: str, tmp_path: Path) -> None:
    async with limited(kind, tmp_path) as it:
        it.proxy.delay_s = 0.03
        assert await it.passed(12) == 10
        assert it.guard.counters.failures == 0


@KINDS
async def test_when_the_store_is_back_it_counts_again(kind: str, tmp_path: Path) -> None:
    async with limited(kind, tmp_path, IMPATIENT_S) as it:
        await it.passed(3)
        it.proxy.is_black_hole = True
        await it.passed(1)
        assert it.guard.is_down
        it.proxy.is_black_hole = False
        await it.clock.advance(1)
        assert await it.passed(20) == 7, "what was counted before is still counted"
        assert not it.guard.is_down


async def test_a_server_that_is_stopped_and_started_again(tmp_path: Path) -> None:
    async with limited("redis", tmp_path) as it:
        await it.passed(3)
        it.server.stop()
        assert await it.passed(20) == 5
        assert await it.passed(100, RateClass.READ) == 100
        it.server.start()
        await it.clock.advance(1)
        assert await it.passed(20) == 10


async def test_a_restart_between_two_requests_is_not_noticed(tmp_path: Path) -> None:
    async with limited("redis", tmp_path) as it:
        await it.passed(3)
        it.server.stop()
        it.server.start()
        assert await it.passed(1) == 1
        assert it.guard.counters.failures == 0


async def test_nobody_listens_at_the_start(tmp_path: Path) -> None:
    clock = FakeClock()
    window = RedisRateWindow(f"redis://127.0.0.1:{free_port()}/0")
    limiter = RateLimiter(RatePolicies(), MemoryRateWindow(), clock, GuardedRateStore(window, clock))
    assert (await limiter.charge(RateClass.SESSION, ALICE)).limit == 5
    await limiter.aclose()


NONSENSE = {
    "an error": (500, "oops"),
    "an error of Redis": (400, '{"error": "ERR"}'),
    "wrong token": (401, '{"error": "Unauthorized"}'),
    "no JSON": (200, "<html>"),
    "no result": (200, "{}"),
    "another result": (200, '{"result": "OK"}'),
    "too few": (200, '{"result": [1, 2]}'),
    "texts": (200, '{"result": ["1", "2", "3"]}'),
    "far too much": (200, " " * 10_000),
}


@pytest.mark.parametrize("answer", NONSENSE.values(), ids=NONSENSE)
async def test_nonsense_of_upstash_is_no_pass(answer: tuple[int, str], tmp_path: Path) -> None:
    with running_redis(tmp_path) as server:
        async with running_upstash(server.url) as upstash:
            upstash.answer_with = answer
            window = UpstashRateWindow(upstash.url, TOKEN)
            with pytest.raises(RateWindowUnavailable):
                await window.hit("key", limit=1, window_ms=1000, now_ms=0)
            await window.aclose()


async def test_a_wrong_token_is_told_without_it(tmp_path: Path) -> None:
    with running_redis(tmp_path) as server:
        async with running_upstash(server.url) as upstash:
            window = UpstashRateWindow(upstash.url, "wrong-secret")
            with pytest.raises(RateWindowUnavailable, match=r"^status 401$"):
                await window.hit("key", limit=1, window_ms=1000, now_ms=0)
            await window.aclose()
