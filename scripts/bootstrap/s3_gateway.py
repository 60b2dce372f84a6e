"""versitygw, the S3 gateway that the tests store recordings in: the one on PATH, or the one built before, or one built
now. It checks signatures as S3 does; nothing of the product needs it."""

from __future__ import annotations

import shutil
from pathlib import Path

from scripts.bootstrap.go_build import GoCommand

GATEWAY = GoCommand("versitygw", "1.8.0", "github.com/versity/versitygw/cmd/versitygw", "2.5")


def find(root: Path) -> Path | None:
    on_path = shutil.which(GATEWAY.name)
    if on_path is not None:
        return Path(on_path)
    return GATEWAY.built(root) if GATEWAY.built(root).is_file() else None


def ensure(root: Path) -> None:
    """Find it or build it. Raises `Problem`."""
    if find(root) is None:
        GATEWAY.build(root)
