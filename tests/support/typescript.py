"""Compiling and running TypeScript in tests."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scripts.bootstrap.node_toolchain import CLIENT, Node

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data" / "typescript"
TSC = ROOT / CLIENT / "node_modules" / "typescript" / "bin" / "tsc"
WITHIN_S = 100.0


def run(node: Node, *arguments: str | Path, cwd: Path = ROOT, **environ: str) -> str:
    """What a node program prints; AssertionError with all that it said when it fails."""
    done = subprocess.run(
        [str(node.node), *map(str, arguments)],
        cwd=cwd,
        env=node.environ | environ,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
    return done.stdout


def compile_project(node: Node, directory: Path, options: dict[str, Any], files: list[Path]) -> Path:
    """Strictly, into a folder of `directory`, which is returned."""
    out = directory / "out"
    strict = {"strict": True, "target": "ES2022", "module": "ESNext", "moduleResolution": "bundler"}
    settings = {"compilerOptions": strict | {"outDir": str(out)} | options, "files": [str(file) for file in files]}
    (directory / "tsconfig.json").write_text(json.dumps(settings))
    (directory / "package.json").write_text('{"type": "module"}')
    run(node, TSC, "-p", directory)
    return out


class Program:
    """A running node program that answers each line with one JSON object."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, line: str) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer


@contextmanager
def running(node: Node, *arguments: str | Path, **environ: str) -> Iterator[Program]:
    process = subprocess.Popen(
        [str(node.node), *map(str, arguments)],
        env=node.environ | environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Program(process)
        process.communicate(timeout=10)
        assert process.returncode == 0
    finally:
        process.kill()
        process.communicate()
