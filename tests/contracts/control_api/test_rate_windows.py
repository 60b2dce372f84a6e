"""What every storage of rate limits promises, asked of each: memory, a test's fake, a real Redis, Upstash's REST."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from control_api.adapters.memory_rate_window import MemoryRateWindow
from control_api.adapters.redis_rate_window import RedisRateWindow
from control_api.adapters.upstash_rate_window import UpstashRateWindow
from control_api.rate_window import Hit, RateWindow
from tests.fakes.rate_window import FakeRateWindow
from tests.fakes.upstash_server import TOKEN, running_upstash
from tests.support.redis_server import RedisServer, running_redis

NOW_MS = 1_700_000_000_000
HOUR_MS = 3_600_000
PATIENT_S = 60.0
"""What a window waits for its server here: what is asked is whether it counts, on however busy a machine."""


@pytest.fixture(scope="module")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    directory: Path = tmp_path_factory.mktemp("redis")
    with running_redis(directory) as server:
        yield server


@pytest.fixture(params=["memory", "fake", "redis", "upstash"])
async def window(request: pytest.FixtureRequest) -> AsyncIterator[RateWindow]:
    async with _opened(request) as opened:
        yield opened
        await opened.aclose()


@asynccontextmanager
async def _opened(request: pytest.FixtureRequest) -> AsyncIterator[RateWindow]:
    match request.param:
        case "memory":
            yield MemoryRateWindow()
        case "fake":
            yield FakeRateWindow()
        case "redis":
            yield RedisRateWindow(request.getfixturevalue("redis_server").url, within_s=PATIENT_S)
        case _:
            async with running_upstash(request.getfixturevalue("redis_server").url) as server:
                yield UpstashRateWindow(server.url, TOKEN, within_s=PATIENT_S)


@pytest.fixture
def key() -> str:
    """Storages outlive a test; keys do not meet."""
    return f"session:user:{secrets.token_hex(8)}"


async def hit(window: RateWindow, key: str, at_ms: int, limit: int = 3) -> Hit:
    return await window.hit(key, limit=limit, window_ms=HOUR_MS, now_ms=NOW_MS + at_ms)


async def test_as_many_as_the_limit_pass_and_are_counted(window: RateWindow, key: str) -> None:
    hits = [await hit(window, key, at_ms) for at_ms in (0, 10, 20)]
    assert hits == [Hit(True, used, NOW_MS + HOUR_MS) for used in (1, 2, 3)]


async def test_the_next_is_refused_and_told_when_it_would_pass(window: RateWindow, key: str) -> None:
    for at_ms in (0, 10, 20):
        await hit(window, key, at_ms)
    assert await hit(window, key, 30) == Hit(False, 3, NOW_MS + HOUR_MS)


async def test_a_refused_request_is_not_counted(window: RateWindow, key: str) -> None:
    for at_ms in (0, 10, 20, *range(30, 60)):
        await hit(window, key, at_ms)
    assert (await hit(window, key, HOUR_MS)).passed


async def test_the_window_moves(window: RateWindow, key: str) -> None:
    """A fixed window would let six pass around its border."""
    for at_ms in (0, HOUR_MS - 20, HOUR_MS - 10):
        assert (await hit(window, key, at_ms)).passed
    assert (await hit(window, key, HOUR_MS)) == Hit(True, 3, NOW_MS + 2 * HOUR_MS - 20)
    assert (await hit(window, key, HOUR_MS + 1)) == Hit(False, 3, NOW_MS + 2 * HOUR_MS - 20)


async def test_one_passes_at_the_told_time_and_not_a_millisecond_before(window: RateWindow, key: str) -> None:
    for at_ms in (5, 10, 20):
        await hit(window, key, at_ms)
    free_at_ms = (await hit(window, key, 30)).free_at_ms - NOW_MS
    assert not (await hit(window, key, free_at_ms - 1)).passed
    assert (await hit(window, key, free_at_ms)).passed


async def test_keys_are_counted_apart(window: RateWindow, key: str) -> None:
    for at_ms in range(4):
        await hit(window, key, at_ms)
    assert (await hit(window, key + "x", 4)).used == 1


async def test_a_limit_that_was_lowered_is_told_truly(window: RateWindow, key: str) -> None:
    for at_ms in (0, 10, 20):
        await hit(window, key, at_ms)
    refused = await hit(window, key, 30, limit=2)
    assert refused == Hit(False, 3, NOW_MS + HOUR_MS + 10)
    assert (await hit(window, key, HOUR_MS + 10, limit=2)).passed


async def test_a_clock_that_was_set_back_lets_no_more_pass(window: RateWindow, key: str) -> None:
    for at_ms in (5000, 0, 0, 0, 0):
        last = await hit(window, key, at_ms)
    assert not last.passed
    assert last.used == 3


@pytest.mark.parametrize("limit", [1, 10, 49])
async def test_of_50_at_once_exactly_the_limit_pass(window: RateWindow, key: str, limit: int) -> None:
    hits = await asyncio.gather(*(hit(window, key, 0, limit) for _ in range(50)))
    assert sum(one.passed for one in hits) == limit
    assert sorted(one.used for one in hits if one.passed) == list(range(1, limit + 1))


async def test_two_processes_count_together(redis_server: RedisServer, key: str) -> None:
    windows = [RedisRateWindow(redis_server.url, within_s=PATIENT_S) for _ in range(2)]
    hits = await asyncio.gather(*(hit(windows[number % 2], key, number, 10) for number in range(50)))
    assert sum(one.passed for one in hits) == 10
    for window in windows:
        await window.aclose()


async def test_redis_forgets_a_key_after_its_window(redis_server: RedisServer, key: str) -> None:
    async with running_upstash(redis_server.url) as server:
        window = UpstashRateWindow(server.url, TOKEN, within_s=PATIENT_S)
        await hit(window, key, 0)
        left_ms = await server.redis.pttl(f"voice:rate:{key}")
        await window.aclose()
    assert HOUR_MS < left_ms <= HOUR_MS + 60_000
