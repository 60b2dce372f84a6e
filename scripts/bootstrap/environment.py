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
_VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"


def ensure(root: Path) -> None:
    """Make or update ``.venv`` unless it is what the lock says. Raises `Problem`."""
    venv = root / ".venv"
    stamp = venv / "lock.stamp"
    wanted = fingerprint((root / LOCK).read_bytes(), (root / UV_LOCK).read_bytes())
    if stamp.is_file() and stamp.read_text() == wanted and _runs(venv / "bin/python"):
        return
    _make_venv(root)
    installer.install_uv(root, root / UV_LOCK)
    installer.sync(root, root / LOCK)
    stamp.write_text(wanted)


def fingerprint(*locks: bytes) -> str:
    """Changes when a lock or the version of Python does."""
    digest = hashlib.sha256()
    for content in (*locks, _VERSION.encode()):
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


def _runs(python: Path) -> bool:
    """False for a missing interpreter, one whose base was removed, a moved directory, and another version."""
    ask = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        return (
            subprocess.run([python, "-c", ask], capture_output=True, text=True, check=False).stdout.strip() == _VERSION
        )
    except OSError:
        return False


def _make_venv(root: Path) -> None:
    if _runs(root / ".venv/bin/python"):
        return
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        raise Problem(
            f"{sys.executable} cannot make virtual environments: install its venv package "
            f"(Debian, Ubuntu: apt install python3-venv)."
        )
    installer.make_venv(root)
