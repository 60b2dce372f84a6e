"""The call page and the console: built into ``control_api/web/dist`` when what they are made of has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from scripts.bootstrap import installer, node_toolchain
from scripts.bootstrap.node_toolchain import CLIENT

WEB = Path("control_api/web")
DIST = WEB / "dist"
TYPES = Path("types/voice.ts")
_MADE = {"node_modules", "dist"}


def ensure(root: Path) -> None:
    """Raises `Problem`."""
    stamp = root / DIST / "sources.stamp"
    wanted = fingerprint(root)
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    node = node_toolchain.ensure_node(root)
    node_toolchain.install_packages(root, node, WEB)
    command = [*node.npm, "--prefix", str(root / WEB), "run", "build"]
    installer.run_node(root, command, node.environ, "Web pages: building", "The web pages cannot be built")
    stamp.write_text(wanted)


def fingerprint(root: Path) -> str:
    """Changes when a source of the pages does: their own, the client's, or the types."""
    digest = hashlib.sha256()
    for path in sorted({*_files(root / WEB), *(root / CLIENT / "src").glob("*.ts"), root / TYPES}):
        if path != root / CLIENT / "src/voice.ts":  # a copy of the types, made by the build
            digest.update(f"{path.relative_to(root)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir() and path.name not in _MADE:
            yield from _files(path)
        elif path.is_file():
            yield path
