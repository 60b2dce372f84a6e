"""Counting with a store that fails, hangs and comes back (row 36)."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from structlog.testing import capture_logs

from control_api.adapters.memory_rate_window import MemoryRateWindow
from control_api.rate_classes import RateClass, RatePolicies, RatePolicy
from control_api.services.guarded_rate_store import FIRST_PAUSE_S, LONGEST_PAUSE_S, GuardedRateStore
from control_api.services.rate_limiter import Client, RateLimiter
from tests.fakes.clock import START_MS, FakeClock, settle
from tests.fakes.rate_window import FakeRateWindow

ALICE = Client("user:alice")


class Limited:
    def __init__(self, *, budget_s: float = 0.01) -> None:
        self.clock = FakeClock()
        self.store = FakeRateWindow()
        self.guard = GuardedRateStore(self.store, self.clock, budget_s=budget_s)
        self.limiter = RateLimiter(RatePolicies(), MemoryRateWindow(), self.clock, self.guard)

    async def passed(self, times: int, rate_class: RateClass = RateClass.SESSION) -> int:
        return sum([(await self.limiter.charge(rate_class, ALICE)).passed for _ in range(times)])


async def test_a_verdict_in_the_contracts_terms() -> None:
    clock = FakeClock()
    limiter = RateLimiter(RatePolicies(), MemoryRateWindow(), clock)
    first = await limiter.charge(RateClass.SESSION, ALICE)
    assert (first.passed, first.limit, first.remaining, first.reset_s) == (True, 10, 9, START_MS // 1000 + 3600)
    await clock.advance(600)
    for _ in range(9):
        last = await limiter.charge(RateClass.SESSION, ALICE)
    assert last.remaining == 0
    refused = await limiter.charge(RateClass.SESSION, ALICE)
    assert not refused.passed
    assert refused.retry_after_s == 3000
    assert refused.reset_s == START_MS // 1000 + 3600
    assert limiter.counters.refused == 1


async def test_who_waits_until_reset_passes() -> None:
    clock = FakeClock()
    await clock.advance(0.9994)
    limiter = RateLimiter(RatePolicies(session=RatePolicy(1, 60)), MemoryRateWindow(), clock)
    await limiter.charge(RateClass.SESSION, ALICE)
    refused = await limiter.charge(RateClass.SESSION, ALICE)
    await clock.advance(refused.retry_after_s)
    assert clock.now_ms() / 1000 <= refused.reset_s + 1
    assert (await limiter.charge(RateClass.SESSION, ALICE)).passed


async def test_users_and_classes_are_counted_apart() -> None:
    limited = Limited()
    assert await limited.passed(11) == 10
    assert await limited.passed(1, RateClass.REALTIME) == 1
    assert (await limited.limiter.charge(RateClass.SESSION, Client("user:bob"))).passed


async def test_while_the_store_is_down_costly_classes_have_half_the_limit() -> None:
    limited = Limited()
    limited.store.is_down = True
    assert await limited.passed(20) == 5
    assert await limited.passed(40, RateClass.REALTIME) == 15
    assert await limited.passed(40, RateClass.RECORDING) == 10
    assert (await limited.limiter.charge(RateClass.SESSION, ALICE)).limit == 5
    assert limited.limiter.counters.counted_locally == 101


async def test_while_the_store_is_down_reads_stay_open() -> None:
    limited = Limited()
    limited.store.is_down = True
    assert await limited.passed(300, RateClass.READ) == 300
    last = await limited.limiter.charge(RateClass.READ, ALICE)
    assert (last.limit, last.remaining) == (100, 0)


async def test_one_request_pays_for_a_store_that_hangs_and_the_rest_go_by() -> None:
    limited = Limited()
    limited.store.hangs = True
    assert await limited.passed(30, RateClass.READ) == 30
    assert limited.store.asked == 1
    assert limited.guard.counters.skipped == 29
    assert limited.guard.counters.outages == 1


async def test_a_store_that_cannot_be_cancelled_holds_nobody_up() -> None:
    limited = Limited()
    limited.store.is_stubborn = True
    assert await limited.passed(30) == 5
    limited.store.released.set()
    await limited.limiter.aclose()
    assert limited.store.closed


async def test_a_request_that_is_given_up_gives_up_its_hit() -> None:
    limited = Limited(budget_s=30)
    limited.store.hangs = True
    request = asyncio.create_task(limited.passed(1))
    await settle()
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    await limited.limiter.aclose()


async def test_of_many_at_once_only_one_tries_the_store_again() -> None:
    limited = Limited()
    limited.store.hangs = True
    await limited.passed(1, RateClass.READ)
    await limited.clock.advance(FIRST_PAUSE_S)
    await asyncio.gather(*(limited.passed(1, RateClass.READ) for _ in range(20)))
    assert limited.store.asked == 2


async def test_the_pause_between_tries_doubles_up_to_a_bound() -> None:
    limited = Limited()
    limited.store.is_down = True
    tried_s: list[float] = []
    for _ in range(200):
        before = limited.store.asked
        await limited.passed(1, RateClass.READ)
        if limited.store.asked > before:
            tried_s.append(limited.clock.monotonic_s())
        await limited.clock.advance(1)
    pauses_s = [later - earlier for earlier, later in pairwise(tried_s)]
    assert pauses_s[:6] == [1, 2, 4, 8, 16, LONGEST_PAUSE_S]
    assert set(pauses_s[6:]) == {LONGEST_PAUSE_S}


async def test_those_under_way_when_it_goes_down_do_not_lengthen_the_pause() -> None:
    limited = Limited()
    limited.store.hangs = True
    await asyncio.gather(*(limited.passed(1, RateClass.READ) for _ in range(50)))
    assert limited.guard.counters.outages == 1
    limited.store.hangs = False
    await limited.clock.advance(FIRST_PAUSE_S)
    await limited.passed(1, RateClass.READ)
    assert not limited.guard.is_down


async def test_a_probe_that_is_given_up_does_not_keep_the_store_out_for_good() -> None:
    limited = Limited(budget_s=30)
    limited.store.is_down = True
    await limited.passed(1)
    limited.store.is_down, limited.store.hangs = False, True
    await limited.clock.advance(FIRST_PAUSE_S)
    probe = asyncio.create_task(limited.passed(1))
    await asyncio.sleep(0)
    probe.cancel()
    await asyncio.gather(probe, return_exceptions=True)
    limited.store.hangs = False
    await limited.clock.advance(LONGEST_PAUSE_S * 2)
    await limited.passed(1)
    assert not limited.guard.is_down


async def test_each_change_is_logged_once() -> None:
    limited = Limited()
    with capture_logs() as lines:
        limited.store.is_down = True
        for _ in range(50):
            await limited.passed(1)
            await limited.clock.advance(1)
        limited.store.is_down = False
        await limited.clock.advance(LONGEST_PAUSE_S)
        await limited.passed(20)
    assert [line["event"] for line in lines] == [
        "rate limit store is down, limits are counted locally",
        "rate limit store is back",
    ]


async def test_both_storages_are_closed() -> None:
    limited = Limited()
    await limited.limiter.aclose()
    assert limited.store.closed
