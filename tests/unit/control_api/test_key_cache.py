"""Keys while an issuer rotates them, is down, and comes back."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from control_api.adapters.key_cache import LOOK_S, REFRESH_S, RETRY_S, STALE_S, CachedKeys
from control_api.signing_keys import KeysUnavailable, UnknownKey
from tests.fakes.clerk import FakeKeySource, rsa_key
from tests.fakes.clock import FakeClock, settle


class Cache:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.source = FakeKeySource(one="first")
        self.keys = CachedKeys(self.source, self.clock)


async def test_keys_are_fetched_once() -> None:
    cache = Cache()
    for _ in range(5):
        assert await cache.keys.key("one") == rsa_key("first").public_key()
    assert cache.source.fetches == 1


async def test_a_hundred_at_once_wait_for_one_fetch() -> None:
    cache = Cache()
    cache.source.gate.clear()
    waiting = [asyncio.create_task(cache.keys.key("one")) for _ in range(100)]
    await settle()
    waiting[0].cancel()
    await settle()
    cache.source.gate.set()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert isinstance(results[0], asyncio.CancelledError)
    assert results[1:] == [rsa_key("first").public_key()] * 99
    assert cache.source.fetches == 1


async def test_a_rotated_key_is_found_at_its_first_token() -> None:
    cache = Cache()
    await cache.keys.key("one")
    cache.source.keys = {"two": "second"}
    await cache.clock.advance(LOOK_S)
    assert await cache.keys.key("two") == rsa_key("second").public_key()
    with pytest.raises(UnknownKey):
        await cache.keys.key("one")


async def test_unknown_keys_cannot_make_us_flood_the_issuer() -> None:
    cache = Cache()
    await cache.keys.key("one")
    for second in range(60):
        for number in range(10):
            with pytest.raises(UnknownKey):
                await cache.keys.key(f"made-up-{second}-{number}")
        await cache.clock.advance(1)
    assert cache.source.fetches <= 1 + 60 / LOOK_S


async def test_keys_are_renewed_behind_the_requests() -> None:
    cache = Cache()
    await cache.keys.key("one")
    cache.source.keys = {"two": "second"}
    await cache.clock.advance(REFRESH_S)
    assert await cache.keys.key("one"), "the request that starts the fetch does not wait for it"
    await settle()
    assert cache.source.fetches == 2
    with pytest.raises(UnknownKey):
        await cache.keys.key("one")


async def test_old_keys_serve_through_an_outage_for_a_stated_time() -> None:
    cache = Cache()
    await cache.keys.key("one")
    cache.source.is_down = True
    while cache.clock.monotonic_s() < 1000 + STALE_S - 60:
        await cache.clock.advance(60)
        assert await cache.keys.key("one")
    await cache.clock.advance(60)
    with pytest.raises(KeysUnavailable):
        await cache.keys.key("one")
    cache.source.is_down = False
    await cache.clock.advance(RETRY_S)
    assert await cache.keys.key("one")


async def test_an_outage_at_the_start_is_told_at_once_between_tries() -> None:
    cache = Cache()
    cache.source.is_down = True
    for _ in range(20):
        with pytest.raises(KeysUnavailable):
            await cache.keys.key("one")
    assert cache.source.fetches == 1
    await cache.clock.advance(RETRY_S)
    cache.source.is_down = False
    assert await cache.keys.key("one")


async def test_an_unknown_key_in_an_outage_cannot_be_judged() -> None:
    """It may be the first of a rotation: to refuse it as forged would be a guess."""
    cache = Cache()
    await cache.keys.key("one")
    cache.source.is_down = True
    await cache.clock.advance(LOOK_S)
    with pytest.raises(KeysUnavailable):
        await cache.keys.key("two")
    assert await cache.keys.key("one")


async def test_a_token_without_a_key_id_costs_no_fetch() -> None:
    cache = Cache()
    with pytest.raises(UnknownKey):
        await cache.keys.key(None)
    assert cache.source.fetches == 0


async def test_a_fetch_that_is_under_way_ends_with_the_cache() -> None:
    cache = Cache()
    cache.source.gate.clear()
    waiting = asyncio.create_task(cache.keys.key("one"))
    await settle()
    await cache.keys.aclose()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_each_change_is_logged_once() -> None:
    cache = Cache()
    with capture_logs() as lines:
        cache.source.is_down = True
        for _ in range(5):
            with pytest.raises(KeysUnavailable):
                await cache.keys.key("one")
            await cache.clock.advance(RETRY_S)
        cache.source.is_down = False
        await cache.keys.key("one")
    assert [line["event"] for line in lines] == ["signing keys cannot be fetched", "signing keys are fetched again"]
