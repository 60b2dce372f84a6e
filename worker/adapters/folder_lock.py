"""A folder that belongs to one living process: its lock is free again when the process has died, however it did."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

LOCK = "lock"


def lock_folder(folder: Path) -> int:
    """An open file that holds the folder's lock until it is closed or the process dies. Raises `OSError`."""
    fd = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(fd)
        raise
    return fd
