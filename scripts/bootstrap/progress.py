"""A long command as one line that grows: seconds, and what has been done so far; its own words go to a log."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

_REDRAW_S = 0.5
_PLAIN_LINE_EVERY_S = 10.0
_LOG_END_LINES = 12


class Progress(Protocol):
    def saw(self, line: str) -> None:
        """One line of the command's output."""

    def text(self, elapsed_s: float) -> str:
        """What is shown of it."""
        ...


class Elapsed:
    """Nothing but the time."""

    def __init__(self, title: str) -> None:
        self._title = title

    def saw(self, line: str) -> None:
        """Goes to the log only."""

    def text(self, elapsed_s: float) -> str:
        return f"{self._title} ... {elapsed_s:.0f} s"


class BuildProgress:
    """Counts the lines of ``go install -v``: downloads of modules, and the name of each package that it compiles."""

    def __init__(self, title: str) -> None:
        self._title = title
        self.modules = 0
        self.packages = 0

    def saw(self, line: str) -> None:
        if line.startswith("go: downloading "):
            self.modules += 1
        elif line.strip() and not line.startswith("go: "):
            self.packages += 1

    def text(self, elapsed_s: float) -> str:
        return f"{self._title} ... {elapsed_s:.0f} s, {self.modules} modules fetched, {self.packages} packages built"


def run_with_progress(command: list[str], environ: Mapping[str, str], log: Path, progress: Progress) -> int:
    """Run `command` to its end, its output into `log`; the exit status."""
    started_s = time.monotonic()
    with (
        log.open("w") as log_file,
        subprocess.Popen(
            command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        ) as process,
    ):
        done = threading.Event()
        painter = threading.Thread(target=_paint, args=(progress, started_s, done))
        painter.start()
        try:
            for line in process.stdout or ():
                log_file.write(line)
                progress.saw(line)
            return process.wait()
        except BaseException:
            process.kill()
            raise
        finally:
            done.set()
            painter.join()


def log_end(log: Path) -> str:
    """The last lines of a log."""
    return "".join(line + "\n" for line in log.read_text(errors="replace").splitlines()[-_LOG_END_LINES:])


def _paint(progress: BuildProgress, started_s: float, done: threading.Event) -> None:
    in_place = sys.stdout.isatty()
    every_s = _REDRAW_S if in_place else _PLAIN_LINE_EVERY_S
    while True:
        finished = done.wait(every_s)
        line = progress.text(time.monotonic() - started_s)
        print(f"\r{line}\x1b[K" if in_place else line, end="" if in_place and not finished else "\n", flush=True)
        if finished:
            return
