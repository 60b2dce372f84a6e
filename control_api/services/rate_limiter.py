"""Counts a request against its class and says what the client is told.

Where there is a shared store, it counts. While it is down, this process counts by itself: costly classes at a lower
limit (each API process has a bucket of its own then), reads without refusing any.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from control_api.rate_classes import RateClass, RatePolicies, RatePolicy
from control_api.rate_window import Hit, RateWindow
from control_api.services.guarded_rate_store import GuardedRateStore
from shared.clock import Clock

FALLBACK_SHARE = 0.5
"""Of a costly class's limit, while the shared store is down; never less than one request."""


@dataclass(frozen=True, slots=True)
class Client:
    """Who a request is charged to."""

    key: str
    """``user:<id>`` or ``ip:<address>``."""
    is_admin: bool = False
    is_anonymous: bool = False
    """Not signed in (yet), known by address only."""


@dataclass(frozen=True, slots=True)
class Verdict:
    passed: bool
    limit: int
    remaining: int
    reset_s: int
    """Unix seconds, rounded up: passed: when the oldest counted request leaves the window; refused: when one would
    pass again."""
    retry_after_s: int
    """Seconds until then, at least 1."""


@dataclass(slots=True)
class RateCounters:
    refused: int = 0
    counted_locally: int = 0
    """While the shared store was down."""


class RateLimiter:
    def __init__(
        self, policies: RatePolicies, local: RateWindow, clock: Clock, store: GuardedRateStore | None = None
    ) -> None:
        self._policies = policies
        self._local = local
        self._clock = clock
        self._store = store
        self.counters = RateCounters()

    async def charge(self, rate_class: RateClass, client: Client) -> Verdict:
        policy = self._policies.policy(rate_class, is_admin=client.is_admin)
        key = f"{rate_class.value}:{client.key}"
        now_ms = self._clock.now_ms()
        if self._store is None:
            verdict = _verdict(await self._count(key, policy, now_ms), policy, now_ms)
        else:
            verdict = await self._charge_shared(self._store, rate_class, key, policy, now_ms)
        self.counters.refused += not verdict.passed
        return verdict

    async def _charge_shared(
        self, store: GuardedRateStore, rate_class: RateClass, key: str, policy: RatePolicy, now_ms: int
    ) -> Verdict:
        hit = await store.hit(key, limit=policy.limit, window_ms=policy.window_s * 1000, now_ms=now_ms)
        if hit is not None:
            return _verdict(hit, policy, now_ms)
        self.counters.counted_locally += 1
        is_open = rate_class is RateClass.READ
        lower = policy if is_open else RatePolicy(max(1, int(policy.limit * FALLBACK_SHARE)), policy.window_s)
        return _verdict(await self._count(key, lower, now_ms), lower, now_ms, is_open=is_open)

    async def _count(self, key: str, policy: RatePolicy, now_ms: int) -> Hit:
        return await self._local.hit(key, limit=policy.limit, window_ms=policy.window_s * 1000, now_ms=now_ms)

    async def aclose(self) -> None:
        await self._local.aclose()
        if self._store is not None:
            await self._store.aclose()


def _verdict(hit: Hit, policy: RatePolicy, now_ms: int, *, is_open: bool = False) -> Verdict:
    """`is_open`: nobody is refused, whatever was counted."""
    return Verdict(
        passed=hit.passed or is_open,
        limit=policy.limit,
        remaining=max(0, policy.limit - hit.used),
        reset_s=math.ceil(hit.free_at_ms / 1000),
        retry_after_s=max(1, math.ceil((hit.free_at_ms - now_ms) / 1000)),
    )
