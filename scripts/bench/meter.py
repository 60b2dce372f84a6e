"""What a tree of processes costs: CPU by thread, and memory. Linux, from ``/proc``.

CPU is seconds of processor time that the kernel booked. Memory is the proportional set size: what processes share is
counted once, divided among them, so that a system of many processes is not charged many times for one library.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

PROC = Path("/proc")
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_Thread = tuple[int, int]
"""(process, thread)."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Processor seconds so far. Threads are known by what they run: the interpreter's have the name of its program."""

    python_s: Mapping[_Thread, float]
    native_s: Mapping[_Thread, float]

    def since(self, earlier: Spent) -> tuple[float, float]:
        """Seconds since `earlier`: (all threads, native threads). A thread that has ended since is not counted."""
        native_s = _since(self.native_s, earlier.native_s)
        return _since(self.python_s, earlier.python_s) + native_s, native_s


def tree(root_pid: int) -> list[int]:
    """The process and all that it started; empty when it has ended."""
    try:
        root = psutil.Process(root_pid)
        return [root_pid, *(child.pid for child in root.children(recursive=True))]
    except psutil.NoSuchProcess:
        return []


def spent(pids: Iterable[int]) -> Spent:
    python_s: dict[_Thread, float] = {}
    native_s: dict[_Thread, float] = {}
    for pid in pids:
        for stat in _read_all(PROC / str(pid) / "task", "stat"):
            thread, name, cpu_s = parse_stat(stat)
            (python_s if name.startswith("python") else native_s)[pid, thread] = cpu_s
    return Spent(python_s, native_s)


def parse_stat(text: str) -> tuple[int, str, float]:
    """(thread id, name, processor seconds) of a ``stat`` line. The name may hold spaces and brackets."""
    number, _, rest = text.partition(" (")
    name, _, fields = rest.rpartition(") ")
    user, system = fields.split()[11:13]
    return int(number), name, (int(user) + int(system)) / _TICKS_PER_S


def memory_mb(pids: Iterable[int]) -> float:
    """Proportional set size, all together."""
    return sum(_pss_kb(PROC / str(pid) / "smaps_rollup") for pid in pids) / 1024


def _pss_kb(rollup: Path) -> int:
    try:
        lines = rollup.read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def _read_all(directory: Path, name: str) -> Iterable[str]:
    try:
        entries = list(directory.iterdir())
    except OSError:
        return
    for entry in entries:
        try:
            yield (entry / name).read_text()
        except OSError:
            continue  # it has ended just now


def _since(now: Mapping[_Thread, float], before: Mapping[_Thread, float]) -> float:
    return sum(seconds - before.get(thread, 0.0) for thread, seconds in now.items())
