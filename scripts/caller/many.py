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

Tell = Callable[[str, Summary], None]
"""Which part of the measurement, and what came of it."""


@dataclass(slots=True)
class Measured:
    calls: list[CallResult] = field(default_factory=list)
    floor: list[CallResult] = field(default_factory=list)

    rounds: list[tuple[Summary, Summary]] = field(default_factory=list)
    """Calls and floor of each round: a round in which the machine was busy with something else stands out."""

    def add(self, calls: list[CallResult], floor: list[CallResult]) -> None:
        self.calls += calls
        self.floor += floor
        self.rounds.append((summarise(calls), summarise(floor)))

    def summaries(self) -> tuple[Summary, Summary]:
        return summarise(self.calls), summarise(self.floor)


async def at_once(call: Call, count: int, clock: Clock) -> list[CallResult]:
    """`count` calls, begun a little one after the other."""

    async def late(index: int) -> CallResult:
        await clock.sleep(index * STAGGER_S)
        return await call(index)

    return list(await asyncio.gather(*(late(index) for index in range(count))))


async def in_turns(call: Call, floor: Call, count: int, rounds: int, clock: Clock, tell: Tell) -> Measured:
    """Calls, floor; floor, calls; calls, floor ...: what else the machine does hits both alike, also a slow drift."""
    measured = Measured()
    for number in range(1, rounds + 1):
        halves: dict[str, list[CallResult]] = {}
        order = {"by the API": call, "without a model": floor}
        for name in order if number % 2 else reversed(order):
            halves[name] = await at_once(order[name], count, clock)
            tell(f"round {number} of {rounds}, {name}: ", summarise(halves[name]))
        measured.add(halves["by the API"], halves["without a model"])
    return measured
