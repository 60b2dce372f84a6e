"""Workers are replaced by new ones while people talk (row 7)."""

from __future__ import annotations

import signal

from scripts.faults.broken import promise, until_answered
from scripts.faults.lab import Lab
from scripts.faults.part import Part
from scripts.faults.scenario import Family

family = Family()

DRAINED_WITHIN_S = 15.0


@family.scenario(
    7,
    "workers are replaced in turn (SIGTERM twice, then a new process), under four calls",
    "no call is dropped or notices (answers within 3 s), no dispatch is lost, the old process leaves after its last "
    "call",
    worst_ms=3000,
    within_s=150,
    long_runs=10,
)
async def rolling_restart(lab: Lab) -> list[int]:
    times_ms = []
    for _ in lab.stack.workers:
        callers = [await lab.talking() for _ in range(4)]
        worker = lab.worker_of(callers[0].call_id)
        worker.signal(signal.SIGTERM)
        opened = await lab.call()  # while it drains: another one takes it
        await opened.agent_comes()
        promise(lab.worker_of(opened.call_id) is not worker, f"{worker.name} took a call while it drained")
        worker.signal(signal.SIGTERM)
        promise(not await worker.is_ready(), f"{worker.name} says that it is ready while it drains")
        for caller in (*callers, opened):
            times_ms.append(await caller.ask())
            await caller.hang_up()
            row = await lab.ended(caller, reason="caller_hung_up")
            promise(row["recovered_ms"] == "[]", "the call was given another agent")
        await _leaves(worker)
        await worker.start()
        await lab.has_workers()
    return times_ms


async def _leaves(worker: Part) -> None:
    async def is_gone() -> bool:
        return not worker.runs

    await until_answered(f"{worker.name} leaves after its last call", is_gone, DRAINED_WITHIN_S)
    status = await worker.until_gone()
    promise(status == 0, f"{worker.name} ended with status {status}")
