"""Installing from a hashed lock: by uv, and by pip where uv does not reach a registry. One line, and a log."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from scripts.bootstrap.problem import Problem
from scripts.bootstrap.progress import Elapsed, log_end, run_with_progress

LOG = Path(".tools/install.log")


def make_venv(root: Path, venv: Path = Path(".venv")) -> None:
    """An empty environment of the running Python in the directory `venv` of `root`. Raises `Problem`."""
    command = [sys.executable, "-m", "venv", "--clear", str(root / venv)]
    if not _run(root, f"Python environment: {venv}", command):
        raise _problem(root, "The virtual environment cannot be made")


def install_uv(root: Path, lock: Path) -> None:
    """Put uv into ``.venv`` unless it is there. Raises `Problem`."""
    if not (root / ".venv/bin/uv").exists() and not _by_pip(root, "Python environment: uv", ["-r", str(lock)]):
        raise _problem(root, "pip cannot install uv")


def sync(root: Path, lock: Path) -> None:
    """Make ``.venv`` hold exactly what `lock` names. Raises `Problem`."""
    title = "Python environment: installing from the lock"
    if not _by_uv(root, title, ["sync", str(lock)]) and not _by_pip(root, title, ["-r", str(lock)]):
        raise _problem(root, "The packages cannot be installed")


def sync_other(root: Path, lock: Path, venv: Path) -> None:
    """The same for another environment, `venv` in `root`. Raises `Problem`."""
    title = f"Python environment: {venv}, from its lock"
    python = str(root / venv / "bin/python")
    command = [str(root / ".venv/bin/uv"), "pip", "sync", str(lock), "--require-hashes", "--python", python]
    if not _run(root, title, command):
        raise _problem(root, "The packages cannot be installed")


def install_into(root: Path, lock: Path, directory: Path, title: str) -> None:
    """Put the packages of `lock` into `directory`, beside the environment. Raises `Problem`."""
    target = ["--target", str(directory), "-r", str(lock)]
    if not _by_uv(root, title, ["install", *target]) and not _by_pip(root, title, ["--no-compile", *target]):
        raise _problem(root, "The packages cannot be installed")


def run_node(root: Path, command: list[str], environ: Mapping[str, str], title: str, trouble: str) -> None:
    """npm, or a program that it has installed. Raises `Problem` with `trouble`, a sentence without its end."""
    if run_with_progress(command, environ, root / LOG, Elapsed(title)) != 0:
        raise _problem(root, trouble)


def _by_uv(root: Path, title: str, arguments: list[str]) -> bool:
    return _run(root, title, [str(root / ".venv/bin/uv"), "pip", *arguments, "--require-hashes"])


def _by_pip(root: Path, title: str, arguments: list[str]) -> bool:
    """Slower, but it knows a registry that only pip's configuration names."""
    pip = [str(root / ".venv/bin/python"), "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes"]
    return _run(root, f"{title} (pip)", [*pip, *arguments])


def _run(root: Path, title: str, command: list[str]) -> bool:
    environ = os.environ | {"VIRTUAL_ENV": str(root / ".venv")}
    return run_with_progress(command, environ, root / LOG, Elapsed(title)) == 0


def _problem(root: Path, what: str) -> Problem:
    return Problem(f"{log_end(root / LOG)}{what}; the whole log is {LOG}.")
