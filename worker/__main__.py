"""``python -m worker``: a supervisor and a process that carries the calls; ``--processes auto``: one for each core."""

from __future__ import annotations

import argparse
import gc
import logging
import math
import os
import sys
from pathlib import Path

# Read when livekit.agents is imported: without it, an idle process loads local models that it never uses (412 MB
# instead of 165).
os.environ.setdefault("LIVEKIT_AGENTS_PRELOAD_LOCAL_INFERENCE", "0")
# It watches the loop of each job's thread, which carries nothing here, and wakes up a hundred times a second for it.
os.environ.setdefault("LIVEKIT_AGENTS_LOOP_BLOCK_WARN_MS", "0")
# Which lines of its log the media library writes, in a format of its own (`worker.adapters.ffi_events`). One of its
# parts warns at many ends of calls of a handle that is gone already, which means nothing.
os.environ.setdefault("RUST_LOG", "warn,livekit_ffi::server=error")

import uvloop

from shared import log
from shared.env import SettingsError
from shared.env_settings import warn_of_unknown_names
from worker import settings as worker_settings
from worker.supervisor.cores import usable_cores

MAX_PROCESSES = 256


def main(arguments: list[str] | None = None) -> int:
    chosen = _parser().parse_args(arguments)
    try:
        settings = worker_settings.load()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    log.configure("worker", level=settings.log_level, style=settings.log_format)
    if chosen.lifeline is None:  # else its supervisor has told them
        warn_of_unknown_names(log.get_logger(__name__))
    try:
        return uvloop.run(_run(settings, chosen) if chosen.alone else _supervise(settings, chosen.processes))
    except OSError as error:
        print(
            f"The worker cannot start: {error.strerror or error}: {error.filename or ''}".rstrip(": "), file=sys.stderr
        )
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m worker", description=__doc__)
    parser.add_argument(
        "--processes", type=_processes, default=1, metavar="auto|N", help="how many, each with its own slots; default 1"
    )
    parser.add_argument(
        "--alone",
        action="store_true",
        help="one process without a supervisor: nobody starts it again, or replaces it when it has grown",
    )
    # What a supervisor tells its processes.
    parser.add_argument("--health-socket", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--lifeline", type=int, help=argparse.SUPPRESS)
    return parser


def _processes(text: str) -> int:
    number = usable_cores() if text == "auto" else int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= number <= MAX_PROCESSES:
        raise argparse.ArgumentTypeError(f"must be auto or a number from 1 to {MAX_PROCESSES}")
    return number


async def _supervise(settings: worker_settings.Settings, processes: int) -> int:
    from worker import supervisor_wiring
    from worker.supervisor.renewal import Bounds

    bounds = Bounds(settings.max_memory_mb or math.inf, settings.max_calls or math.inf)
    with supervisor_wiring.build((settings.health_host, settings.health_port), processes, bounds) as supervisor:
        return await supervisor.run()


async def _run(settings: worker_settings.Settings, chosen: argparse.Namespace) -> int:
    # Imported late: the SDKs take seconds, and settings that cannot be used should be told at once.
    from worker import wiring
    from worker.agent_server import quiet_the_sdks
    from worker.supervisor.lifeline import watch_lifeline

    quiet_the_sdks()
    async with wiring.build(settings, chosen.health_socket) as process:
        if chosen.lifeline is not None:
            watch_lifeline(chosen.lifeline, process.drain)
        _spare_the_collector()
        return await process.run()


def _spare_the_collector() -> None:
    """What is there when the first call comes (modules, models of the SDKs) stays for ever, and a full collection that
    walks through it holds up the audio of every call."""
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    status = main()
    logging.shutdown()
    sys.stderr.flush()
    # Everything is closed; what the native library does at exit can block, and a supervisor would wait for it.
    os._exit(status)
