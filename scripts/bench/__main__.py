"""``make bench``: the worker beside other ways to run Realtime agents on LiveKit, in one run on one machine."""

from __future__ import annotations

import json
import logging
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import typer
import uvloop

from scripts.bench.chart import as_svg
from scripts.bench.rounds import Round, run_round
from scripts.bench.rows import Row, Whole, goals, row
from scripts.bench.stage import SCRIPT, running_stack
from scripts.bench.systems import SYSTEMS, Stage
from scripts.bench.table import as_goals, as_table
from scripts.bench.whole import whole_of
from scripts.caller.plans import Wishes, prepare
from scripts.caller.problem import CallerProblem
from scripts.caller.release import leave
from scripts.machine import machine
from shared.clock import SystemClock

CORES_FOR = "for callers, LiveKit, model and agents together"


def main(
    calls: Annotated[list[int] | None, typer.Option(min=1, max=100, help="So many at once; repeatable.")] = None,
    seconds: Annotated[float, typer.Option(min=5, max=600, help="How long the callers talk.")] = 60.0,
    rounds: Annotated[int, typer.Option(min=1, max=20, help="How often each system is measured, in turns.")] = 2,
    system: Annotated[list[str] | None, typer.Option(help=f"One of {', '.join(SYSTEMS)}; default: all.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the rows there.")] = None,
    chart: Annotated[Path | None, typer.Option(help="Draw the rows there, as SVG.")] = None,
) -> None:
    wanted = [name for name in SYSTEMS if name in (system or SYSTEMS)]
    if unknown := set(system or ()) - set(SYSTEMS):
        raise typer.BadParameter(f"there is no system {', '.join(sorted(unknown))}")
    logging.getLogger("livekit").setLevel(logging.CRITICAL)
    try:
        measured = uvloop.run(_measure(wanted, calls or [1, 8, 16], seconds, rounds))
    except CallerProblem as problem:
        print(f"bench: {problem}", file=sys.stderr)
        leave(1)
    print(f"\n{machine()} {CORES_FOR}")
    for count, rows in measured.items():
        print(f"\n{count} calls at once\n\n{as_table(rows)}\n\n{as_goals(goals(rows))}")
    _write(measured, json_file, chart)
    leave(0)


Measured = dict[int, dict[str, Row]]
"""By the number of calls, then by system."""


async def _measure(wanted: list[str], counts: list[int], seconds: float, rounds: int) -> Measured:
    clock, lines, whole = SystemClock(), prepare(Wishes(seconds=seconds)), whole_of(SCRIPT)
    taken: dict[int, dict[str, list[Round]]] = {count: {name: [] for name in wanted} for count in counts}
    with tempfile.TemporaryDirectory(prefix="voice-bench-") as directory:
        async with running_stack(Path(directory), clock) as stack, aiohttp.ClientSession() as http:
            stage = Stage(stack, http, clock, Path(directory))
            for count in counts:
                for number in range(rounds):
                    # There and back again: a slow drift of the machine hits all alike.
                    for name in wanted if number % 2 == 0 else reversed(wanted):
                        one = await run_round(SYSTEMS[name], stage, lines, count, seconds)
                        taken[count][name].append(one)
                        _tell(count, number + 1, row(name, [one], whole), one)
    return _rows(taken, whole)


def _rows(taken: dict[int, dict[str, list[Round]]], whole: Whole) -> Measured:
    return {count: {name: row(name, some, whole) for name, some in systems.items()} for count, systems in taken.items()}


def _tell(count: int, number: int, one: Row, taken: Round) -> None:
    failed = sum(bool(result.problems) for result in taken.results)
    print(
        f"{count} calls, round {number}: {one.system}: {one.cores_per_call:.3f} cores per call, "
        f"response p50 {one.response_p50_ms} p95 {one.response_p95_ms} ms, "
        f"{one.turns_answered} of {one.turns_spoken} turns answered, {failed} calls failed",
        file=sys.stderr,
        flush=True,
    )


def _write(measured: Measured, json_file: Path | None, chart: Path | None) -> None:
    rows = [one for systems in measured.values() for one in systems.values()]
    if json_file is not None:
        document: dict[str, Any] = {"machine": f"{machine()} {CORES_FOR}", "rows": [one.to_json() for one in rows]}
        json_file.write_text(json.dumps(document, indent=2) + "\n")
    if chart is not None:
        most = max(measured)
        chart.write_text(as_svg(list(measured[most].values()), f"{most} calls at once. {machine()} {CORES_FOR}"))


if __name__ == "__main__":
    typer.run(main)
