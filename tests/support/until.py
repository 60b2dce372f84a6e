"""Waiting for something that comes, with a limit and a reason: never a sleep that hopes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def until(condition: Callable[[], Awaitable[T]], why: str, *, limit_s: float = 10.0) -> T:
    """The first true value of `condition`, which is asked again and again; fails with `why` after `limit_s`."""
    deadline_s = asyncio.get_running_loop().time() + limit_s
    while True:
        value = await condition()
        if value:
            return value
        assert asyncio.get_running_loop().time() < deadline_s, f"not within {limit_s} s: {why}; last: {value!r}"
        await asyncio.sleep(0.02)
