"""``python -m scripts.dev``: read settings, start the stack, stop it on SIGINT, SIGTERM or SIGHUP."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from scripts.dev import settings as dev_settings
from scripts.dev.problem import StackProblem
from scripts.dev.stack import run_stack
from shared.env import SettingsError

ROOT = Path(__file__).resolve().parents[2]


def main(
    data_dir: Annotated[Path, typer.Option(help="Where database, secrets, logs and spool are kept.")] = ROOT / "data",
    script: Annotated[
        Path | None, typer.Option(help="A script (YAML) for the local Realtime server: fixed answers, faults.")
    ] = None,
    env_file: Annotated[Path, typer.Option(help="Settings; the environment wins over them.")] = ROOT / ".env",
    workers: Annotated[
        int, typer.Option(min=1, max=16, help="How many worker processes; their health ports follow each other.")
    ] = 1,
    stop_with_parent: Annotated[bool, typer.Option(help="Also stop when the parent process is gone.")] = False,
) -> None:
    """Start LiveKit, the local model, the control API and the worker on this machine, and watch them."""
    try:
        environ = dev_settings.merged_environ(os.environ, env_file)
        settings = dev_settings.load(environ, data_dir=data_dir, script=script, workers=workers)
        asyncio.run(run_stack(settings, ROOT, parent_pid=os.getppid() if stop_with_parent else None))
    except (StackProblem, SettingsError) as problem:
        print(problem, file=sys.stderr)
        raise SystemExit(problem.code if isinstance(problem, SettingsError) else 1) from None


if __name__ == "__main__":
    typer.run(main)
