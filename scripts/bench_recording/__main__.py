"""``make bench-recording``: what recording costs, on top of a call and by itself, in one run on one machine."""

from __future__ import annotations

import json
import logging
import os
import platform
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import aiohttp
import typer
import uvloop

from scripts.bench.stage import running_stack
from scripts.bench.systems import Stage
from scripts.bench_recording import long, people, with_agent
from scripts.bench_recording.rows import Row, as_table
from scripts.caller.problem import CallerProblem
from shared.clock import SystemClock

MEASURES = ("agent", "people", "hour", "memory")
LONG_HOURS = 3.0


def main(
    only: Annotated[list[str] | None, typer.Option(help=f"One of {', '.join(MEASURES)}; default: all.")] = None,
    calls: Annotated[int, typer.Option(min=1, max=50, help="So many at once.")] = 8,
    seconds: Annotated[float, typer.Option(min=5, max=600, help="How long people talk.")] = 30.0,
    rounds: Annotated[int, typer.Option(min=1, max=20, help="How often calls with the agent are measured.")] = 2,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the rows there.")] = None,
) -> None:
    wanted = only or list(MEASURES)
    if unknown := set(wanted) - set(MEASURES):
        raise typer.BadParameter(f"there is no measure {', '.join(sorted(unknown))}")
    logging.getLogger("livekit").setLevel(logging.CRITICAL)
    try:
        rows = uvloop.run(_measure(wanted, calls, seconds, rounds))
    except CallerProblem as problem:
        print(f"bench-recording: {problem}", file=sys.stderr)
        _leave(1)
    print(f"\n{_machine()}\n\n{as_table(rows)}")
    if json_file is not None:
        document = {"machine": _machine(), "rows": [one.to_json() for one in rows]}
        json_file.write_text(json.dumps(document, indent=2) + "\n")
    _leave(0)


async def _measure(wanted: list[str], calls: int, seconds: float, rounds: int) -> list[Row]:
    rows: list[Row] = []
    if {"agent", "people"} & set(wanted):
        rows += await _measure_calls(wanted, calls, seconds, rounds)
    if "hour" in wanted:
        rows += await long.ready(1)
    if "memory" in wanted:
        rows += await long.memory(LONG_HOURS)
    return rows


async def _measure_calls(wanted: list[str], calls: int, seconds: float, rounds: int) -> list[Row]:
    clock, rows = SystemClock(), []
    with tempfile.TemporaryDirectory(prefix="voice-bench-") as directory:
        async with running_stack(Path(directory), clock) as stack, aiohttp.ClientSession() as http:
            stage = Stage(stack, http, clock, Path(directory))
            if "agent" in wanted:
                rows += await with_agent.measure(stage, calls, seconds, rounds)
            if "people" in wanted:
                # Two microphones each, on the same machine.
                rows += await people.measure(stage, max(calls // 2, 1), seconds)
    return rows


def _machine() -> str:
    day = datetime.now(UTC).date().isoformat()
    return (
        f"{day}, Python {platform.python_version()} on {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores for callers, LiveKit, model and worker together"
    )


def _leave(status: int) -> NoReturn:
    """Without the native library's clean-up, which can block (see `scripts.caller.release`)."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    typer.run(main)
