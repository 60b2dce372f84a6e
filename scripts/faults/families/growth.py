"""Workers that have grown are replaced under their calls, for ever (row 6)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Sequence
from typing import Any

import psutil

from scripts.faults.broken import promise, until_answered
from scripts.faults.caller import Caller
from scripts.faults.lab import SESSION, Lab
from scripts.faults.part import Part
from scripts.faults.scenario import Family

family = Family()

AT_ONCE, MANY_AT_ONCE = 4, 6
BOUND_MB = 240
"""Not far above what a worker takes that has had a few calls."""
MORE_MB = 40.0
"""What it may grow further by the calls that it has, and by those that come before a fresh one is ready."""
LOOK_S = 0.5
QUESTIONS = 5
"""Of one who talks for a while; the others are asked nothing but how they are greeted."""


class Sizes:
    """Of all processes that the workers' supervisors have had."""

    def __init__(self) -> None:
        self.largest_mb: dict[int, float] = {}
        """By process."""

    async def watch(self, workers: Sequence[Part]) -> None:
        """Without an end."""
        while True:
            for child in [child for worker in workers for child in worker.process.children()]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    size_mb = child.memory_info().rss / 1e6
                    self.largest_mb[child.pid] = max(self.largest_mb.get(child.pid, 0), size_mb)
            await asyncio.sleep(LOOK_S)


@contextlib.asynccontextmanager
async def _watched(lab: Lab) -> AsyncIterator[Sizes]:
    sizes = Sizes()
    watching = asyncio.create_task(sizes.watch(lab.stack.workers))
    try:
        yield sizes
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _with_replacement(lab: Lab, calls: int, *, at_once: int, each: int, replaced: int) -> list[int]:
    """`each`: calls that a process may take; `replaced`: so many processes at least have made way for others."""
    settings = {"VOICE_WORKER_MAX_MEMORY_MB": str(BOUND_MB), "VOICE_WORKER_MAX_CALLS": str(each)}
    await lab.stack.restart_workers(settings, supervised=True)
    await lab.has_workers()
    async with _watched(lab) as sizes:
        times_ms = await _calls(lab, calls, at_once)
        await until_answered("so many processes were replaced", lambda: _were_replaced(lab, replaced), 60)
    largest_mb = max(sizes.largest_mb.values())
    promise(largest_mb <= BOUND_MB + MORE_MB, f"a worker process had {largest_mb:.0f} MB, the bound is {BOUND_MB}")
    print(f"{len(sizes.largest_mb)} worker processes, the largest had {largest_mb:.0f} MB")
    return times_ms


async def _were_replaced(lab: Lab, enough: int) -> bool:
    lines = [line for worker in lab.stack.workers for line in worker.log_lines()]
    return sum(1 for line in lines if line["event"] == "draining" and line.get("retires")) >= enough


async def _calls(lab: Lab, calls: int, at_once: int) -> list[int]:
    """One talks for a while, one after the other, as long as the others come and go."""
    places, over = asyncio.Semaphore(at_once - 1), asyncio.Event()
    times_ms: list[int] = []

    async def short(number: int) -> None:
        async with places:
            if over.is_set():
                return
            caller = await lab.call()
            await caller.agent_comes()
            await caller.heard_after(caller.asked_s)
            await lab.until_status(caller.call_id, "connected", within_s=5)
            await _ends(lab, caller, by_api=number % 2 == 0)

    async def come() -> None:
        await _all(*(_or_none_comes(over, short(number)) for number in range(calls)))
        over.set()

    async def talks() -> None:
        while not over.is_set():
            caller = await lab.talking()
            for _ in range(QUESTIONS):
                times_ms.append(await caller.ask())
            await _ends(lab, caller, by_api=False)

    await _all(_or_none_comes(over, talks()), come())
    return times_ms


async def _or_none_comes(over: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """After what goes wrong in one call no further one begins. Who is in one hangs up in peace."""
    try:
        await work
    except BaseException:
        over.set()
        raise


async def _all(*work: Coroutine[Any, Any, None]) -> None:
    """Waits for all of them, and then raises what one has raised."""
    for outcome in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome


async def _ends(lab: Lab, caller: Caller, *, by_api: bool) -> None:
    """Raises `Broken` when the call ended otherwise, or has noticed anything."""
    if by_api:
        status, _ = await lab.ask_api("DELETE", f"{SESSION}?roomName={caller.room}", user=caller.user, admin=False)
        promise(status == 200, f"a hang-up by the API was answered {status}")
    await caller.hang_up()
    row = await lab.until_final(caller.call_id, 30)
    promise(row["status"] == "completed", f"a call ended {row['status']}, {row['end_reason']}")
    promise(row["recovered_ms"] == "[]", "a call was given another agent")
    lab.forget(caller)


PROMISED = "each process within 40 MB of its bound, no call is refused, lost or notices (answers within 3 s)"


@family.scenario(
    6,
    f"60 short calls and one that talks, four at once; processes with {BOUND_MB} MB or 12 calls are replaced",
    PROMISED,
    worst_ms=3000,
    within_s=300,
    long_runs=1,
)
async def sixty_calls_with_replacement(lab: Lab) -> list[int]:
    return await _with_replacement(lab, 60, at_once=AT_ONCE, each=12, replaced=1)


@family.scenario(
    6,
    f"2,000 short calls and one that talks, six at once; processes with {BOUND_MB} MB are replaced",
    PROMISED,
    worst_ms=3000,
    within_s=3600,
    long_runs=1,
    only_long=True,
)
async def two_thousand_calls_with_replacement(lab: Lab) -> list[int]:
    return await _with_replacement(lab, 2000, at_once=MANY_AT_ONCE, each=0, replaced=8)
