"""The environment of what `make bench` measures beside the worker: other versions than ours, and much that we do not
want. In ``.tools/bench``, from its own hashed lock."""

from __future__ import annotations

from pathlib import Path

from scripts.bootstrap import installer
from scripts.bootstrap.environment import fingerprint

VENV = Path(".tools/bench")
LOCK = Path("requirements/bench.txt")


def ensure(root: Path) -> None:
    """Raises `Problem`."""
    stamp = root / VENV / "lock.stamp"
    wanted = fingerprint((root / LOCK).read_bytes())
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    installer.make_venv(root, VENV)
    installer.sync_other(root, LOCK, VENV)
    stamp.write_text(wanted)
