"""``make bench-api``: what the API costs, against a bare Starlette application and its goals, in one run."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
import uvloop

from scripts.bench_api.load import LoadFailed
from scripts.bench_api.measures import Row, as_table, events_row, memory_row, open_row, read_rows, webhook_row
from scripts.bench_api.processes import BenchProblem, cores
from scripts.machine import machine

MEASURES = ("read", "open", "webhook", "events", "memory")


def main(
    only: Annotated[list[str] | None, typer.Option(help=f"One of {', '.join(MEASURES)}; default: all.")] = None,
    seconds: Annotated[float, typer.Option(help="How long each load lasts.", min=0.5, max=60)] = 5.0,
    requests: Annotated[int, typer.Option(help="For the measure of memory.", min=1000)] = 100_000,
) -> None:
    wanted = only or list(MEASURES)
    if unknown := set(wanted) - set(MEASURES):
        raise typer.BadParameter(f"there is no measure {', '.join(sorted(unknown))}")
    if hasattr(os, "sched_setaffinity"):
        core = cores()[1]
        os.sched_setaffinity(0, {core})
    try:
        rows = uvloop.run(_measure(wanted, seconds, requests))
    except (BenchProblem, LoadFailed) as problem:
        print(f"bench-api: {problem}", file=sys.stderr)
        raise typer.Exit(1) from None
    print(f"\n{_machine()}\n\n{as_table(rows)}")


async def _measure(wanted: list[str], seconds: float, requests: int) -> list[Row]:
    rows: list[Row] = []
    for name in wanted:
        print(f"{name} ...", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix="voice-bench-") as directory:
            path = Path(directory)
            match name:
                case "read":
                    rows += await read_rows(path, seconds)
                case "open":
                    rows.append(await open_row(path))
                case "webhook":
                    rows.append(await webhook_row(path, seconds))
                case "events":
                    rows.append(await events_row(path, seconds))
                case _:
                    rows.append(await memory_row(path, requests))
        await asyncio.sleep(0)
    return rows


def _machine() -> str:
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return (
        f"{machine()}; the server on core {cores()[0]}, the rest on core {cores()[1]}; load average at the end {load}."
    )


if __name__ == "__main__":
    typer.run(main)
