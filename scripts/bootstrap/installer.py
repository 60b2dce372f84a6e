"""Installing from a hashed lock: by uv, and by pip where uv does not reach a registry."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from scripts.bootstrap.problem import Problem


def install_uv(root: Path, lock: Path) -> None:
    """Put uv into ``.venv`` unless it is there. Raises `Problem`."""
    if not (root / ".venv/bin/uv").exists():
        run([*_pip_install(root), "-r", str(lock)], "pip cannot install uv")


def sync(root: Path, lock: Path) -> None:
    """Make ``.venv`` hold exactly what `lock` names. Raises `Problem`."""
    _uv_or_pip(root, ["sync", "--require-hashes", str(lock)], ["-r", str(lock)])


def install_into(root: Path, lock: Path, directory: Path) -> None:
    """Put the packages of `lock` into `directory`, beside the environment. Raises `Problem`."""
    target = ["--target", str(directory), "-r", str(lock)]
    _uv_or_pip(root, ["install", "--require-hashes", *target], ["--no-compile", *target])


def _uv_or_pip(root: Path, uv_arguments: list[str], pip_arguments: list[str]) -> None:
    environ = os.environ | {"VIRTUAL_ENV": str(root / ".venv")}
    if subprocess.run([root / ".venv/bin/uv", "pip", *uv_arguments], env=environ, check=False).returncode == 0:
        return
    # A registry that only pip's configuration names is not known to uv.
    print("uv could not install; trying pip, which is slower", flush=True)
    run([*_pip_install(root), *pip_arguments], "The packages cannot be installed")


def _pip_install(root: Path) -> list[str]:
    python = str(root / ".venv/bin/python")
    return [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]


def run(command: list[str], failed: str) -> None:
    """Run `command`, its output for the person who waits. Raises `Problem` that begins with `failed`."""
    if subprocess.run(command, check=False).returncode != 0:
        raise Problem(f"{failed}: its own words stand above.")
