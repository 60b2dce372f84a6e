"""livekit-server: the one on PATH, or the one built before, or one built now (1.5 minutes, once)."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from scripts.bootstrap.go_build import GoCommand

VERSION = "1.13.5"
"""The last tag that `go install` takes: newer ones have replace directives."""
SERVER = GoCommand("livekit-server", VERSION, "github.com/livekit/livekit-server/cmd/server", "1.5")
TESTED_SERIES = "1.13."

_VERSION = re.compile(r"version\s+v?(\d+\.\d+\.\d+\S*)")


def built(root: Path) -> Path:
    return SERVER.built(root)


def find(root: Path) -> Path | None:
    """The server that will be run: one on PATH wins over the one that we built. None when there is none that runs."""
    on_path = shutil.which("livekit-server")
    candidates = [Path(on_path)] if on_path else []
    return next((path for path in [*candidates, built(root)] if version_of(path) is not None), None)


def version_of(binary: Path) -> str | None:
    """What ``--version`` says, like ``1.13.5``; None when it cannot be run."""
    try:
        done = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return parse_version(done.stdout) if done.returncode == 0 else None


def parse_version(output: str) -> str | None:
    found = _VERSION.search(output)
    return found.group(1) if found else None


def ensure(root: Path) -> None:
    """Find livekit-server or build it. Raises `Problem`."""
    found = find(root)
    if found is None:
        SERVER.build(root)
        return
    version = version_of(found) or ""
    if not version.startswith(TESTED_SERIES):
        print(f"Note: {found} is version {version}; tested is {TESTED_SERIES}x.", flush=True)
