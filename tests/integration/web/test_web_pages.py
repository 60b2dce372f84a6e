"""The pages' own checks and tests, and how much of them a browser has to load."""

from __future__ import annotations

import re
from pathlib import Path

from control_api import built_web
from scripts.bootstrap.node_toolchain import Node
from scripts.bootstrap.web_pages import DIST, WEB
from tests.support.typescript import ROOT, run

KB = 1000
ASSETS = ROOT / DIST / "assets"
INTERACTIVE_BYTES = 110 * KB
CALL_BYTES = 200 * KB


def test_types_and_style(node: Node) -> None:
    run(node, ROOT / "clients/typescript/generate/copy-types.mjs")
    run(node, "node_modules/typescript/bin/tsc", "--noEmit", cwd=ROOT / WEB)
    run(node, "node_modules/@biomejs/biome/bin/biome", "check", ".", cwd=ROOT / WEB)


def test_the_pages_own_tests(node: Node) -> None:
    run(node, "node_modules/vitest/vitest.mjs", "run", cwd=ROOT / WEB)


def test_what_the_call_page_loads(node: Node) -> None:
    """Compressed: what it needs until somebody can press a button, and what a call needs on top."""
    page = (ROOT / DIST / "index.html").read_text()
    first = with_imports(set(re.findall(r'/assets/([\w-]+\.js)"', page)))
    call = next(path.name for path in ASSETS.glob("CallScreen-*.js"))
    later = with_imports({call}) - first
    assert 0 < packed_bytes(first) < INTERACTIVE_BYTES
    assert 0 < packed_bytes(later) < CALL_BYTES


def with_imports(names: set[str]) -> set[str]:
    """And what these import at once, at any depth."""
    found: set[str] = set()
    while names - found:
        name = (names - found).pop()
        found.add(name)
        names |= set(re.findall(r'(?:from|import)\s?"\./([\w-]+\.js)"', (ASSETS / name).read_text()))
    return found


def packed_bytes(names: set[str]) -> int:
    return sum((ASSETS / f"{name}.gz").stat().st_size for name in names)


def test_no_page_holds_a_script_or_loads_from_elsewhere(node: Node) -> None:
    for page in built_web.load().pages.values():
        assert re.findall(r"<script(?![^>]* src=)", page) == []
        assert [url for url in re.findall(r'(?:src|href)="([^"]*)"', page) if not url.startswith("/assets/")] == []


def test_only_hashed_names_are_kept_for_good(node: Node) -> None:
    assert built_web.load().files
    for name in built_web.load().files:
        assert re.fullmatch(r".+-[\w-]{8}\.\w+", name), name


def test_the_whole_build_is_read(node: Node, tmp_path: Path) -> None:
    served = set(built_web.load().files)
    assert served == {path.name for path in ASSETS.iterdir() if path.suffix not in (".gz", ".map")}
    assert built_web.load(tmp_path) == built_web.NOT_BUILT
