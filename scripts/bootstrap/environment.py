"""The virtual environment, made from the hashed lock: `python -m venv`, a pinned uv by pip, the rest by uv."""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path

from scripts.bootstrap import installer
from scripts.bootstrap.problem import Problem

LOCK = Path("requirements/dev.txt")
UV_LOCK = Path("requirements/uv.txt")


def ensure(root: Path) -> None:
    """Make or update ``.venv`` unless it is what the lock says. Raises `Problem`."""
    venv = root / ".venv"
    stamp = venv / "lock.stamp"
    wanted = fingerprint((root / LOCK).read_bytes(), (root / UV_LOCK).read_bytes())
    if stamp.is_file() and stamp.read_text() == wanted and _runs(venv / "bin/python"):
        return
    _make_venv(venv)
    installer.install_uv(root, root / UV_LOCK)
    installer.sync(root, root / LOCK)
    stamp.write_text(wanted)


def fingerprint(*locks: bytes) -> str:
    """Changes when a lock or the interpreter does."""
    digest = hashlib.sha256()
    for content in (*locks, sys.version.encode()):
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


def _runs(python: Path) -> bool:
    """False for a missing interpreter, and for one whose base was removed or whose directory was moved."""
    try:
        return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _make_venv(venv: Path) -> None:
    if _runs(venv / "bin/python"):
        return
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise Problem(
            f"{sys.executable} cannot make virtual environments: install its venv package "
            f"(Debian, Ubuntu: apt install python3-venv)."
        )
    command = [sys.executable, "-m", "venv", "--clear", str(venv)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Problem(f"{done.stdout}{done.stderr}The virtual environment cannot be made: its own words stand above.")
