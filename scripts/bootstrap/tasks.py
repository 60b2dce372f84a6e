"""The tasks by name, one at a time: two `make` in two terminals must not build the same thing."""

from __future__ import annotations

import contextlib
import fcntl
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from scripts.bootstrap import bench_peers, environment, livekit_server, node_toolchain, s3_gateway, web_pages
from scripts.bootstrap.problem import Problem

ROOT = Path(__file__).resolve().parents[2]

TASKS: dict[str, Callable[[Path], None]] = {
    "environment": environment.ensure,
    "livekit": livekit_server.ensure,
    "node": node_toolchain.ensure,
    "bench": bench_peers.ensure,
    "web": web_pages.ensure,
    "s3": s3_gateway.ensure,
}


def run(names: Sequence[str], root: Path = ROOT) -> int:
    """Do the named tasks; the exit status. A problem is told in one sentence on stderr."""
    unknown = [name for name in names if name not in TASKS]
    if unknown or not names:
        print(f"usage: python3 -m scripts.bootstrap [{'|'.join(TASKS)}]...", file=sys.stderr)
        return 2
    try:
        with _alone(root):
            for name in names:
                TASKS[name](root)
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; the next `make` goes on from here.", file=sys.stderr)
        return 130
    return 0


@contextlib.contextmanager
def _alone(root: Path) -> Iterator[None]:
    tools = root / ".tools"
    tools.mkdir(exist_ok=True)
    with (tools / "bootstrap.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Waiting for another `make` that is preparing this directory.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
