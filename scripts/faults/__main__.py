"""``python -m scripts.faults``: what `make faults` runs."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from scripts.caller.release import leave
from scripts.faults import at_random, document
from scripts.faults.broken import Broken
from scripts.faults.families import ALL
from scripts.faults.row import Findings
from scripts.faults.runner import Runner
from scripts.faults.scenario import Scenario
from scripts.faults.stack import running_stack
from scripts.faults.table import invariants, problems, table
from shared.clock import SystemClock

Work = Callable[[Runner], Awaitable[None]]


def main(
    rows: Annotated[str, typer.Option(help="Only these rows of the table, such as 1,12,17.")] = "",
    only: Annotated[str, typer.Option(help="Only the scenarios whose function names hold this.")] = "",
    runs: Annotated[int | None, typer.Option(min=1, help="So many runs of each scenario.")] = None,
    thorough: Annotated[bool, typer.Option("--thorough", help="Many runs of each, and those that take long.")] = False,
    long: Annotated[bool, typer.Option("--long", help="Instead: calls under random faults.")] = False,
    calls: Annotated[int, typer.Option(min=1, max=100_000, help="With --long: so many.")] = 200,
    at_once: Annotated[int, typer.Option(min=1, max=8, help="With --long: so many of them under one fault.")] = 4,
    hours: Annotated[float | None, typer.Option(min=0.01, max=72, help="With --long: for so long.")] = None,
    seed: Annotated[int | None, typer.Option(help="Of all that is random; default: a new one, which is told.")] = None,
    as_json: Annotated[Path | None, typer.Option("--json", help="Write the findings to this file, too.")] = None,
    write: Annotated[bool, typer.Option("--write", help="Write the findings into docs/reliability.md, too.")] = False,
    keep: Annotated[Path | None, typer.Option(help="Keep logs and database in this directory.")] = None,
) -> None:
    """Break the system in every way that docs/reliability.md names, and measure what a caller hears of it."""
    logging.getLogger("livekit").setLevel(logging.CRITICAL)
    seed = seed if seed is not None else time.time_ns() % 10**6
    random.seed(seed)
    _say(f"seed {seed}")
    form = "long" if long else "thorough" if thorough else "short"
    work = _at_random(seed, calls, at_once, hours) if long else _in_turn(_wanted(rows, only, thorough), thorough, runs)
    with tempfile.TemporaryDirectory(prefix="voice-faults-") as temporary:
        try:
            findings = uvloop.run(_run((keep or Path(temporary)).resolve(), work, lambda: shutil.rmtree(temporary)))
        except Broken as broken:
            print(broken, file=sys.stderr)
            leave(1)
        if as_json:
            as_json.write_text(json.dumps(findings.to_json(), indent=2) + "\n")
        if write:
            section = "Calls under random faults" if long else "Each fault by itself"
            document.write(findings, section=section, form=f"{form} form, seed {seed}")
        print("\n\n".join(filter(None, (table(findings.rows), invariants(findings), problems(findings)))))
    leave(0 if findings.ok else 1)


def _wanted(rows: str, only: str, thorough: bool) -> list[Scenario]:
    numbers = {int(number) for number in rows.split(",") if number}
    wanted = [one for one in ALL if (not numbers or one.row in numbers) and only in one.name]
    if not wanted:
        raise typer.BadParameter("there is no such scenario")
    return [one for one in wanted if thorough or only or not one.only_long]


def _in_turn(scenarios: list[Scenario], thorough: bool, runs: int | None) -> Work:
    return lambda runner: runner.run_all(scenarios, long=thorough, runs=runs)


def _at_random(seed: int, calls: int, at_once: int, hours: float | None) -> Work:
    async def work(runner: Runner) -> None:
        until_s = None if hours is None else runner.clock.monotonic_s() + hours * 3600
        await at_random.run(runner, seed, calls=calls, at_once=at_once, until_s=until_s)

    return work


async def _run(data_dir: Path, work: Work, clean_up: Callable[[], None]) -> Findings:
    def stop() -> None:
        """At once: a run in the middle of a fault has no orderly end, and the guardian kills what it started."""
        clean_up()
        leave(130)

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    async with running_stack(data_dir) as stack:
        runner = Runner(stack, SystemClock(), _say)
        await work(runner)
    return runner.findings()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    typer.run(main)
