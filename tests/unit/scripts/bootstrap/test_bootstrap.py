from __future__ import annotations

from pathlib import Path

import pytest

from scripts.bootstrap import node_toolchain, web_pages
from scripts.bootstrap.environment import fingerprint
from scripts.bootstrap.go_toolchain import is_new_enough
from scripts.bootstrap.livekit_server import parse_version
from scripts.bootstrap.progress import BuildProgress


@pytest.mark.parametrize(
    ("output", "version"),
    [
        ("livekit-server version 1.13.5\n", "1.13.5"),
        ("livekit-server version v1.14.0-rc1", "1.14.0-rc1"),
        ("something else", None),
        ("", None),
    ],
)
def test_the_version_that_livekit_prints(output: str, version: str | None) -> None:
    assert parse_version(output) == version


@pytest.mark.parametrize(
    ("output", "enough"),
    [
        ("go version go1.26.8 linux/amd64", True),
        ("go version go1.27 darwin/arm64", True),
        ("go version go2.0.1 linux/amd64", True),
        ("go version go1.25.9 linux/amd64", False),
        ("go version go1.9 linux/amd64", False),
        ("", False),
    ],
)
def test_which_go_is_new_enough(output: str, enough: bool) -> None:
    assert is_new_enough(output) is enough


def test_progress_counts_what_go_says() -> None:
    progress = BuildProgress("building")
    for line in ("go: downloading a v1\n", "go: downloading b v2\n", "internal/abi\n", "go: finding x\n", "\n"):
        progress.saw(line)
    assert progress.text(61.4) == "building ... 61 s, 2 modules fetched, 1 packages built"


def test_the_environment_is_made_again_when_a_lock_changes() -> None:
    assert fingerprint(b"a", b"b") == fingerprint(b"a", b"b")
    assert len({fingerprint(b"a", b"b"), fingerprint(b"a", b"c"), fingerprint(b"ab", b"")}) == 3


@pytest.mark.parametrize(
    ("output", "enough"),
    [("v20.19.0\n", True), ("v24.19.0", True), ("v20.18.9", False), ("v9.11.2", False), ("", False)],
)
def test_which_node_is_new_enough(output: str, enough: bool) -> None:
    assert node_toolchain.is_new_enough(output) is enough


def test_the_pages_are_built_again_when_a_source_changes(tmp_path: Path) -> None:
    def write(name: str, text: str) -> str:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return web_pages.fingerprint(tmp_path)

    for name in ("types/voice.ts", "clients/typescript/src/index.ts", "control_api/web/package.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("b")
    first = write("control_api/web/src/main.tsx", "c")
    assert write("control_api/web/node_modules/x/index.js", "d") == first
    assert write("control_api/web/dist/index.html", "d") == first
    assert write("clients/typescript/src/voice.ts", "a copy") == first
    changed = {first, write("control_api/web/src/main.tsx", "e"), write("types/voice.ts", "f")}
    changed.add(write("clients/typescript/src/index.ts", "g"))
    assert len(changed) == 4
