"""What a supervisor can be tried on in a moment: answers as a worker does, and ends when it is told to. Not a test.

With ``--deaf`` it ignores SIGINT.
"""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path

from worker.adapters.health import HealthServer
from worker.readiness import Readiness, readiness
from worker.supervisor.lifeline import watch_lifeline


async def main() -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    loop.add_signal_handler(signal.SIGINT, (lambda: None) if "--deaf" in sys.argv else ended.set)
    watch_lifeline(int(_argument("--lifeline")), ended.set)

    async def ready() -> Readiness:
        return readiness([])

    async def metrics() -> bytes:
        return b"# HELP voice_worker_slots Slots.\n# TYPE voice_worker_slots gauge\nvoice_worker_slots 4.0\n"

    health = HealthServer(Path(_argument("--health-socket")), ready=ready, metrics=metrics, content_type="text/plain")
    await health.start()
    await ended.wait()
    await health.close()


def _argument(name: str) -> str:
    return sys.argv[sys.argv.index(name) + 1]


if __name__ == "__main__":
    asyncio.run(main())
