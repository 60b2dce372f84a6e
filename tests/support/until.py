"""Waiting for something that comes, with a limit and a reason: never a sleep that hopes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

SLOWER = 4.0
"""So many times longer may all take on a machine that is busy with other tests. A limit of waiting says when to give
up, and costs nothing when what is waited for comes; what is promised is measured, and compared by itself."""


def patient(limit_s: float) -> float:
    """For how long something is waited for that takes less than `limit_s` on a machine that has time."""
    return limit_s * SLOWER


async def until(condition: Callable[[], Awaitable[T]], why: str, *, limit_s: float = 10.0) -> T:
    """The first true value of `condition`, which is asked again and again; fails with `why` when it does not come."""
    deadline_s = asyncio.get_running_loop().time() + patient(limit_s)
    while True:
        value = await condition()
        if value:
            return value
        assert asyncio.get_running_loop().time() < deadline_s, f"not within {limit_s} s: {why}; last: {value!r}"
        await asyncio.sleep(0.02)
