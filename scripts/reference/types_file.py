"""types/voice.ts: made by openapi-typescript from docs/openapi.json; its first line says from which version of it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

from scripts.bootstrap import node_toolchain

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "docs" / "openapi.json"
TARGET = ROOT / "types" / "voice.ts"


def generate(*, check: bool = False) -> int:
    """The exit status. `check`: write nothing, and fail when the file is not what it should be."""
    found = node_toolchain.find(ROOT)
    if found is None:
        sys.stderr.write("There is no node that is new enough: `make node` gets one.\n")
        return 1
    command = [str(found.node), "generate/main.mjs", *(["--check"] if check else [])]
    cwd = ROOT / node_toolchain.CLIENT
    return subprocess.run(command, cwd=cwd, env=found.environ, check=False).returncode


def is_of_this_document() -> bool:
    """Whether the types were made from the document as it is: needs no node."""
    digest = hashlib.sha256(SOURCE.read_bytes()).hexdigest()
    return digest in TARGET.read_text().partition("\n")[0]
