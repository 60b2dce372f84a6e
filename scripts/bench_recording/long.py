"""Long recordings, each in a process of its own (`long_call`): is memory flat, and is the file there in time?"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from scripts.bench_recording.rows import Row
from scripts.caller.problem import CallerProblem

FLAT_MB = 4.0
"""From the second quarter of an hour on: by then everything is loaded and every buffer was used."""
READY_S = 10.0


async def memory(hours: float) -> list[Row]:
    found = await _run(hours)
    after = found["memoryMb"]
    shown = ", ".join(f"{mb:.0f}" for mb in after)
    return [
        Row(f"memory that {hours:g} hours of one recording add", after[-1] - after[1], "MB", FLAT_MB, f"{shown} MB"),
        _ready(found),
    ]


async def ready(hours: float) -> list[Row]:
    return [_ready(await _run(hours))]


def _ready(found: dict[str, Any]) -> Row:
    remark = f"{found['sizeMb']:g} MB, stored and read back; {found['durationS']:g} s long"
    return Row(
        f"a file of {found['hours']:g} h is ready after the end of the call", found["readyS"], "s", READY_S, remark
    )


async def _run(hours: float) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "scripts.bench_recording.long_call", str(hours), stdout=asyncio.subprocess.PIPE
    )
    output, _ = await process.communicate()
    if process.returncode:
        raise CallerProblem("The long recording failed.")
    found: dict[str, Any] = json.loads(output)
    return found
