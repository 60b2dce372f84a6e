"""``make fuzz-api``: the long form. The short one is `tests/integration/control_api/test_fuzz.py`."""

from __future__ import annotations

import asyncio
import secrets
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from tests.api_fuzz.run import fuzz


def main(
    seed: Annotated[int | None, typer.Option(help="Of an earlier run; default: a new one.")] = None,
    max_examples: Annotated[int, typer.Option(help="Requests per operation and phase.", min=1)] = 1100,
) -> None:
    seed = secrets.randbelow(2**32) if seed is None else seed
    print(f"seed {seed}", file=sys.stderr, flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="voice-fuzz-") as directory:
        outcome = asyncio.run(fuzz(Path(directory), seed=seed, max_examples=max_examples))
    print(outcome.text)
    print(f"fuzz-api: {outcome.cases} cases in {time.monotonic() - began:.0f} s, seed {seed}")
    if not outcome.is_clean:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
