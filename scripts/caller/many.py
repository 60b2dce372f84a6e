"""Several calls at once, and the same against the floor, in turns."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from scripts.caller.report import CallResult, Summary, summarise
from shared.clock import Clock

STAGGER_S = 0.3

Call = Callable[[int], Awaitable[CallResult]]
"""Places the n-th call, from 0."""


@dataclass(slots=True)
class Measured:
    calls: list[CallResult] = field(default_factory=list)
    floor: list[CallResult] = field(default_factory=list)

    def summaries(self) -> tuple[Summary, Summary]:
        return summarise(self.calls), summarise(self.floor)


async def at_once(call: Call, count: int, clock: Clock) -> list[CallResult]:
    """`count` calls, begun a little one after the other."""

    async def late(index: int) -> CallResult:
        await clock.sleep(index * STAGGER_S)
        return await call(index)

    return list(await asyncio.gather(*(late(index) for index in range(count))))


async def in_turns(
    call: Call, floor: Call, count: int, rounds: int, clock: Clock, say: Callable[[str], None]
) -> Measured:
    """Calls, floor, calls, floor ...: what else the machine does then hits both alike."""
    measured = Measured()
    for number in range(1, rounds + 1):
        say(f"round {number} of {rounds}: {count} calls by the API")
        measured.calls += await at_once(call, count, clock)
        say(f"round {number} of {rounds}: {count} calls without a model")
        measured.floor += await at_once(floor, count, clock)
    return measured
