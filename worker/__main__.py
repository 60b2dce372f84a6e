"""``python -m worker``"""

from __future__ import annotations

import gc
import logging
import os
import sys

# Read when livekit.agents is imported: without it, an idle process loads local models that it never uses (412 MB
# instead of 165).
os.environ.setdefault("LIVEKIT_AGENTS_PRELOAD_LOCAL_INFERENCE", "0")
# It watches the loop of each job's thread, which carries nothing here, and wakes up a hundred times a second for it.
os.environ.setdefault("LIVEKIT_AGENTS_LOOP_BLOCK_WARN_MS", "0")

import uvloop

from shared import log
from shared.env import SettingsError
from worker import settings as worker_settings


def main() -> int:
    try:
        settings = worker_settings.load()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    log.configure("worker", level=settings.log_level, style=settings.log_format)
    try:
        return uvloop.run(_run(settings))
    except OSError as error:
        print(
            f"The worker cannot start: {error.strerror or error}: {error.filename or ''}".rstrip(": "), file=sys.stderr
        )
        return 1


async def _run(settings: worker_settings.Settings) -> int:
    # Imported late: the SDKs take seconds, and settings that cannot be used should be told at once.
    from worker import wiring
    from worker.agent_server import quiet_the_sdks

    quiet_the_sdks()
    async with wiring.build(settings) as process:
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
