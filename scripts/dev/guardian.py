"""Kills the process groups that were left when the supervisor was killed. Runs as a process of its own.

It reads ``+<group>`` and ``-<group>`` lines from a pipe whose other end only the supervisor holds. The end of the
pipe means that the supervisor is gone, however it went; whatever group is still on the list is killed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path


def left_over(lines: Iterable[str]) -> set[int]:
    """The groups that were added and not removed."""
    groups: set[int] = set()
    for line in lines:
        group = int(line[1:])
        if line.startswith("+"):
            groups.add(group)
        else:
            groups.discard(group)
    return groups


class Guardian:
    """The supervisor's end."""

    def __init__(self) -> None:
        command = [sys.executable, "-I", "-S", str(Path(__file__))]
        # A session of its own: a Ctrl-C on the terminal is not meant for it.
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True, text=True)

    def add(self, group: int) -> None:
        self._say(f"+{group}\n")

    def remove(self, group: int) -> None:
        self._say(f"-{group}\n")

    def close(self) -> None:
        """End it; groups that are still on the list are killed."""
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        self._process.wait()

    def _say(self, line: str) -> None:
        if self._process.stdin:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(line)
                self._process.stdin.flush()


def _main() -> None:
    for group in left_over(sys.stdin):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


if __name__ == "__main__":
    _main()
