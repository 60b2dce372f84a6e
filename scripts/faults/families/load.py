"""Too many calls, too little machine, too long a life (rows 5 and 6)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass

from scripts.faults.broken import promise, until_answered
from scripts.faults.lab import SESSION, Lab
from scripts.faults.part import Part
from scripts.faults.scenario import Family

family = Family()

WARM_CALLS = 12
AT_ONCE = 4
MORE_DESCRIPTORS = 12
MORE_THREADS = 12
"""What the pools of the runtime may still add after the warm-up; a leak of one for each call is more."""
MORE_MB_PER_100_CALLS = 6.0


@family.scenario(
    5,
    "one call more than there are slots",
    "503 with Retry-After, and the calls that run do not notice (answers within 3 s)",
    worst_ms=3000,
    long_runs=5,
)
async def no_slot(lab: Lab) -> list[int]:
    await lab.stack.restart_workers({"VOICE_WORKER_SLOTS": "1"})
    await lab.has_workers()
    callers = [await lab.talking() for _ in lab.stack.workers]
    await until_answered("no slot is free", lambda: _are_full(lab), 10)
    token = lab.stack.issuer.token(lab.new_user())
    headers = {"Authorization": f"Bearer {token}"}
    async with lab.stack.http.post(lab.stack.api_url + SESSION, json={}, headers=headers) as answer:
        promise(answer.status == 503, f"the call was answered {answer.status}")
        promise("Retry-After" in answer.headers, "the refusal has no Retry-After")
    return [await caller.ask() for caller in callers]


async def _are_full(lab: Lab) -> bool:
    return await lab.free_slots() == 0


@family.scenario(
    5,
    "every core is busy with something else, under two calls",
    "the calls that run keep their quality (answers within 3 s)",
    worst_ms=3000,
    long_runs=5,
)
async def busy_machine(lab: Lab) -> list[int]:
    callers = [await lab.talking(), await lab.talking()]
    async with _stress():
        return [await caller.ask() for _ in range(2) for caller in callers]


@contextlib.asynccontextmanager
async def _stress() -> AsyncIterator[None]:
    """One busy process per core."""
    command = [sys.executable, "-c", "while True: pass"]
    busy = [await asyncio.create_subprocess_exec(*command) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            await process.wait()


async def _many_calls(lab: Lab, calls: int) -> None:
    """Short calls, some at once; what the processes hold afterwards is what they held after the warm-up."""
    await _short_calls(lab, WARM_CALLS)
    parts = (lab.stack.api, *lab.stack.workers)
    before = {part.name: _held(part) for part in parts}
    await _short_calls(lab, calls)
    await until_answered("all slots are free", lambda: _are_free(lab), 30)
    for part in parts:
        _is_flat(part.name, before[part.name], _held(part), calls)


async def _short_calls(lab: Lab, calls: int) -> None:
    places = asyncio.Semaphore(AT_ONCE)

    async def one() -> None:
        async with places:
            caller = await lab.call()
            await caller.agent_comes()
            await caller.heard_after(caller.asked_s)
            await caller.hang_up()
            lab.forget(caller)

    await asyncio.gather(*(one() for _ in range(calls)))


async def _are_free(lab: Lab) -> bool:
    return await lab.free_slots() == lab.slots


@dataclass(frozen=True, slots=True)
class _Held:
    threads: int
    descriptors: int
    memory_mb: float


def _held(part: Part) -> _Held:
    process = part.process
    return _Held(process.num_threads(), process.num_fds(), process.memory_info().rss / 1e6)


def _is_flat(name: str, before: _Held, after: _Held, calls: int) -> None:
    """Raises `Broken`."""
    promise(after.threads <= before.threads + MORE_THREADS, f"{name}: threads {before.threads} -> {after.threads}")
    promise(
        after.descriptors <= before.descriptors + MORE_DESCRIPTORS,
        f"{name}: descriptors {before.descriptors} -> {after.descriptors}",
    )
    more_mb = after.memory_mb - before.memory_mb
    allowed_mb = 10 + MORE_MB_PER_100_CALLS * calls / 100
    promise(more_mb <= allowed_mb, f"{name}: {more_mb:.1f} MB more after {calls} calls")


@family.scenario(6, "60 short calls, four at once", "memory, threads and descriptors stay flat", within_s=150)
async def sixty_calls(lab: Lab) -> None:
    await _many_calls(lab, 60)
