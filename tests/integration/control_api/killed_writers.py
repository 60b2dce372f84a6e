"""``python -m ... URL KILLS SEED``: on one database, one writer after the other, each killed at no certain moment.

A process of its own, because it forks: modules are imported once and not for each writer, so that hundreds of kills
take seconds. Each writer acknowledges what it has written through a pipe. Prints the number of acknowledged writes,
and fails when one of them is not there or the database is torn.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import sys
import time

from control_api.adapters.sql_store import open_store
from control_api.records import Instructions
from shared.ids import CallId, RoomName
from tests.support.calls import a_call

AT_ONCE = 4
"""Writes that wait together share a commit."""
LONGEST_S = 0.15
PROMPT = Instructions("x" * 2000)


def main(url: str, kills: int, seed: int) -> int:
    chance = random.Random(seed)  # noqa: S311 - it decides when to kill
    acknowledged: list[str] = []
    for turn in range(kills):
        acknowledged += write_until_killed(url, turn, chance.uniform(0.0, LONGEST_S))
        check(url, acknowledged[-200:])
    check(url, acknowledged)
    print(len(acknowledged))
    return 0


def write_until_killed(url: str, turn: int, life_s: float) -> list[str]:
    """The ids of the calls that a writer has acknowledged; it lives for so long after its first one."""
    reading, writing = os.pipe()
    writer = os.fork()
    if writer == 0:
        os.close(reading)
        asyncio.run(write_for_ever(url, turn, writing))
    os.close(writing)
    with os.fdopen(reading) as pipe:
        first = pipe.readline()
        time.sleep(life_s)
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
        # A line that was cut off was not acknowledged.
        return [line.strip() for line in (first, *pipe) if line.endswith("\n")]


async def write_for_ever(url: str, turn: int, pipe: int) -> None:
    store = await open_store(url)

    async def write_some(writer: int) -> None:
        for number in range(10**6):
            call_id = CallId(f"{turn}-{writer}-{number}")
            call = a_call(id=call_id, room_name=RoomName(call_id))
            await store.write(lambda tx, call=call: tx.insert_call(call, PROMPT))  # type: ignore[misc]
            os.write(pipe, f"{call_id}\n".encode())

    await asyncio.gather(*(write_some(writer) for writer in range(AT_ONCE)))


def check(url: str, acknowledged: list[str]) -> None:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"))
    try:
        verdict = connection.execute("PRAGMA integrity_check").fetchall()
        assert verdict == [("ok",)], verdict
        stored = {row[0] for row in connection.execute("SELECT id FROM calls")}
    finally:
        connection.close()
    lost = [call_id for call_id in acknowledged if call_id not in stored]
    assert not lost, f"acknowledged and lost: {lost}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
