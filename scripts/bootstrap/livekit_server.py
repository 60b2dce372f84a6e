"""livekit-server: the one on PATH, or the one built before, or one built now (1.5 minutes, once)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from scripts.bootstrap import go_toolchain
from scripts.bootstrap.problem import Problem
from scripts.bootstrap.progress import BuildProgress, log_end, run_with_progress

VERSION = "1.13.5"
"""The last tag that `go install` takes: newer ones have replace directives."""
MODULE = f"github.com/livekit/livekit-server/cmd/server@v{VERSION}"
TESTED_SERIES = "1.13."

_VERSION = re.compile(r"version\s+v?(\d+\.\d+\.\d+\S*)")


def built(root: Path) -> Path:
    return root / ".tools/bin/livekit-server"


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
        _build(root)
        return
    version = version_of(found) or ""
    if not version.startswith(TESTED_SERIES):
        print(f"Note: {found} is version {version}; tested is {TESTED_SERIES}x.", flush=True)


def _build(root: Path) -> None:
    go = go_toolchain.ensure(root)
    tools = root / ".tools"
    log = tools / "livekit-server-build.log"
    built(root).parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="build-", dir=tools) as directory:
        environ = os.environ | {"GOBIN": directory, "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}
        command = [str(go), "install", "-v", MODULE]
        progress = BuildProgress(f"livekit-server {VERSION}: building, once, about 1.5 minutes")
        status = run_with_progress(command, environ, log, progress)
        if status != 0:
            raise Problem(f"{log_end(log)}livekit-server could not be built; the whole log is {log.relative_to(root)}.")
        # A build that was interrupted leaves nothing that looks finished.
        (Path(directory) / "server").replace(built(root))
