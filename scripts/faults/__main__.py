"""``python -m scripts.faults``: what `make faults` runs."""

from __future__ import annotations

import json
import logging
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated, NoReturn

import typer
import uvloop

from scripts.faults import document
from scripts.faults.broken import Broken
from scripts.faults.families import ALL
from scripts.faults.row import Findings
from scripts.faults.runner import Runner
from scripts.faults.scenario import Scenario
from scripts.faults.stack import running_stack
from scripts.faults.table import invariants, problems, table
from shared.clock import SystemClock


def main(
    rows: Annotated[str, typer.Option(help="Only these rows of the table, such as 1,12,17.")] = "",
    only: Annotated[str, typer.Option(help="Only the scenarios whose function names hold this.")] = "",
    long: Annotated[bool, typer.Option("--long", help="Many runs of each instead of a few.")] = False,
    runs: Annotated[int | None, typer.Option(min=1, help="So many runs of each.")] = None,
    seed: Annotated[int | None, typer.Option(help="Of all that is random; default: a new one, which is told.")] = None,
    as_json: Annotated[Path | None, typer.Option("--json", help="Write the findings to this file, too.")] = None,
    write: Annotated[bool, typer.Option("--write", help="Write docs/reliability.md.")] = False,
    keep: Annotated[Path | None, typer.Option(help="Keep logs and database in this directory.")] = None,
) -> None:
    """Break the system in every way that docs/reliability.md names, and measure what a caller hears of it."""
    logging.getLogger("livekit").setLevel(logging.CRITICAL)
    seed = seed if seed is not None else time.time_ns() % 10**6
    random.seed(seed)
    print(f"seed {seed}", file=sys.stderr, flush=True)
    scenarios = _wanted(rows, only, long)
    with tempfile.TemporaryDirectory(prefix="voice-faults-") as temporary:
        try:
            findings = uvloop.run(_run((keep or Path(temporary)).resolve(), scenarios, long, runs))
        except Broken as broken:
            print(broken, file=sys.stderr)
            _leave(1)
        if as_json:
            as_json.write_text(json.dumps(findings.to_json(), indent=2) + "\n")
        if write:
            document.write(findings, form=f"{'long' if long else 'short'} form, seed {seed}")
        print("\n\n".join(filter(None, (table(findings.rows), invariants(findings), problems(findings)))))
    _leave(0 if findings.ok else 1)


def _wanted(rows: str, only: str, long: bool) -> list[Scenario]:
    numbers = {int(number) for number in rows.split(",") if number}
    wanted = [one for one in ALL if (not numbers or one.row in numbers) and only in one.name]
    if not wanted:
        raise typer.BadParameter("there is no such scenario")
    return [one for one in wanted if long or numbers or only or not one.only_long]


async def _run(data_dir: Path, scenarios: list[Scenario], long: bool, runs: int | None) -> Findings:
    async with running_stack(data_dir) as stack:
        runner = Runner(stack, SystemClock(), lambda text: print(text, file=sys.stderr, flush=True))
        await runner.run_all(scenarios, long=long, runs=runs)
    return runner.findings()


def _leave(status: int) -> NoReturn:
    """Without the native library's clean-up, which can block (see `scripts.caller.release`)."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    typer.run(main)
