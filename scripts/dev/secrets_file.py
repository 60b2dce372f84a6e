"""The development secrets: made once for a data directory, readable by its owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from dotenv import dotenv_values

NAMES = ("LIVEKIT_API_KEY", "LIVEKIT_API_SECRET", "VOICE_WORKER_TOKEN")


def ensure(path: Path) -> dict[str, str]:
    """The secrets of `path`, which is made when it is not there."""
    if not path.is_file():
        _write(path, {"LIVEKIT_API_KEY": f"dev{secrets.token_hex(6)}"} | {n: secrets.token_hex(24) for n in NAMES[1:]})
    values = dotenv_values(path, interpolate=False)
    return {name: values.get(name) or "" for name in NAMES}


def write_private(path: Path, content: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(content)
    partial.replace(path)


def _write(path: Path, values: dict[str, str]) -> None:
    lines = ["# Made by `make run` for this directory; delete the file to get new ones.", *_assignments(values)]
    write_private(path, "\n".join(lines) + "\n")


def _assignments(values: dict[str, str]) -> list[str]:
    return [f"{name}={value}" for name, value in values.items()]
