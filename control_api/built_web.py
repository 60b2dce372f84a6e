"""The web pages as the build left them, read once: nothing that a request names is ever looked up on the disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DIRECTORY = Path(__file__).parent / "web" / "dist"
PAGES = {"/": "index.html", "/console": "console.html"}
"""What is shown at which path."""

_MEDIA_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".woff": "font/woff",
}


@dataclass(frozen=True, slots=True)
class WebFile:
    """A file whose name holds a hash of what is in it."""

    body: bytes
    gzip: bytes | None
    """The same compressed, where the build found that it helps."""
    media_type: str


@dataclass(frozen=True, slots=True)
class BuiltWeb:
    pages: Mapping[str, str]
    """By path: HTML with places for what only the running service knows (`control_api.routes.pages`)."""
    files: Mapping[str, WebFile]
    """By name, below ``/assets/``."""


NOT_BUILT = BuiltWeb({}, {})


def load(directory: Path = DIRECTORY) -> BuiltWeb:
    """`NOT_BUILT` when there is no build: the API works without its pages."""
    if not all((directory / name).is_file() for name in PAGES.values()):
        return NOT_BUILT
    pages = {path: (directory / name).read_text() for path, name in PAGES.items()}
    assets = sorted((directory / "assets").iterdir())
    return BuiltWeb(pages, {path.name: _file(path) for path in assets if path.suffix in _MEDIA_TYPES})


def _file(path: Path) -> WebFile:
    compressed = path.with_name(path.name + ".gz")
    return WebFile(
        path.read_bytes(), compressed.read_bytes() if compressed.is_file() else None, _MEDIA_TYPES[path.suffix]
    )
