"""The API and its database are killed in the middle of something (rows 29 and 31)."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3

from scripts.caller.problem import CallerProblem
from scripts.faults.broken import promise, until
from scripts.faults.caller import ms_between
from scripts.faults.lab import SESSION, Lab
from scripts.faults.scenario import Family

family = Family()


@family.scenario(
    29,
    "the API is killed in a running call, and is back 2 s later",
    "the call does not notice (answers as before), both turns are in the record",
    worst_ms=3000,
    long_runs=50,
)
async def killed_in_a_call(lab: Lab) -> int:
    caller = await lab.talking()
    await lab.stack.api.kill()
    response_ms = await caller.ask()
    await lab.clock.sleep(2)
    await lab.stack.api.start()
    response_ms = max(response_ms, await caller.ask())

    def both_turns() -> bool:
        said = lab.rows("SELECT * FROM segments WHERE call_id = ? AND speaker = ?", caller.call_id, caller.user)
        return len(said) == 2

    await until("both turns are in the record", both_turns, 30)
    promise(lab.row(caller.call_id)["status"] == "connected", "the call is not connected any more")
    return response_ms


@family.scenario(
    29,
    "the API is killed, the caller hangs up, and it is back",
    "reconciled within 30 s of its return",
    worst_ms=30_000,
    long_runs=50,
)
async def killed_and_reconciled(lab: Lab) -> int:
    caller = await lab.talking()
    await lab.stack.api.kill()
    await caller.hang_up()
    await lab.stack.api.start()
    back_s = lab.now_s()
    await lab.ended(caller, reason="caller_hung_up")
    return ms_between(back_s, lab.now_s())


@family.scenario(
    31,
    "`kill -9` of the API while it writes for eight users",
    "`integrity_check` is ok, and every acknowledged write is there",
    runs=3,
    long_runs=100,
)
async def killed_while_writing(lab: Lab) -> None:
    acknowledged: dict[str, int] = {}
    writers = [asyncio.create_task(_write_for_ever(lab, acknowledged)) for _ in range(8)]
    try:
        await until("enough has been written", lambda: sum(acknowledged.values()) > 50, 30)
        await lab.clock.sleep(random.random() * 0.2)  # noqa: S311 - killed at no moment in particular
        await lab.stack.api.kill()
    finally:
        for writer in writers:
            writer.cancel()
        await asyncio.gather(*writers, return_exceptions=True)
    with contextlib.closing(sqlite3.connect(lab.stack.database)) as connection:
        verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
    promise(verdict == "ok", f"the database is torn: {verdict}")
    for call_id, number in acknowledged.items():
        stored = lab.row(call_id)["metadata"]
        promise(int(stored.partition(":")[2].strip(" }")) >= number, f"write {number} is lost: {stored}")
    await lab.stack.api.start()
    for call_id in acknowledged:
        await lab.ask_api("DELETE", f"{SESSION}?roomName={lab.row(call_id)['room_name']}")


async def _write_for_ever(lab: Lab, acknowledged: dict[str, int]) -> None:
    """Open a call, then count upwards in its metadata; what was answered 200 is noted."""
    with contextlib.suppress(CallerProblem):
        caller = await lab.open_call(enableAiAgent=False)
        acknowledged[caller.call_id] = 0
        for number in range(1, 10**6):
            body = {"roomName": caller.room, "metadata": {"n": number}}
            status, _ = await lab.ask_api("PATCH", SESSION, body, user=caller.user, admin=False)
            if status != 200:
                return
            acknowledged[caller.call_id] = number
