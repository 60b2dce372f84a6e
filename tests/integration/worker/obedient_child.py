"""What a supervisor can be tried on in a moment: answers as a worker does, and ends when it is told to. Not a test.

With ``--deaf`` it ignores SIGINT. While the file of its name is there, with ``--stays`` it does not leave, and with
``--unready`` it is not ready; with ``--grows`` it takes the file away, and says that it has taken twelve calls more and
has grown by 900 MB.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from pathlib import Path

from worker.adapters.health import HealthServer
from worker.readiness import Readiness, readiness
from worker.supervisor.lifeline import watch_lifeline


async def main() -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    loop.add_signal_handler(signal.SIGUSR1, ended.set)
    began_s, grown = time.time(), False
    loop.add_signal_handler(signal.SIGINT, (lambda: None) if "--deaf" in sys.argv else ended.set)
    watch_lifeline(int(_argument("--lifeline")), ended.set)

    async def ready() -> Readiness:
        return readiness(["draining"] if ended.is_set() else ["api"] if _is_there("--unready") else [])

    async def metrics() -> bytes:
        nonlocal grown
        if not grown and _is_there("--grows"):
            grown = _taken_away("--grows")
        return (
            "# HELP voice_worker_slots Slots.\n# TYPE voice_worker_slots gauge\nvoice_worker_slots 4.0\n"
            f"process_resident_memory_bytes {1e9 if grown else 1e8}\nprocess_start_time_seconds {began_s}\n"
            f'voice_worker_claims_total{{outcome="won"}} {12.0 if grown else 0.0}\n'
        ).encode()

    health = HealthServer(Path(_argument("--health-socket")), ready=ready, metrics=metrics, content_type="text/plain")
    await health.start()
    await ended.wait()
    while _is_there("--stays"):  # noqa: ASYNC110 - a file is no event
        await asyncio.sleep(0.02)
    await health.close()


def _is_there(name: str) -> bool:
    """Whether there is a file by this argument."""
    return name in sys.argv and Path(_argument(name)).exists()


def _taken_away(name: str) -> bool:
    Path(_argument(name)).unlink()
    return True


def _argument(name: str) -> str:
    return sys.argv[sys.argv.index(name) + 1]


if __name__ == "__main__":
    asyncio.run(main())
