"""The composition root of ``--processes``: a supervisor, its processes, and the one port that speaks for all."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from shared import metric_names as names
from shared.clock import SystemClock
from shared.metrics import CONTENT_TYPE, Metrics
from worker.adapters.child_pages import ask_metrics, ask_readiness
from worker.adapters.child_process import ChildProcess
from worker.adapters.health import HealthServer
from worker.readiness import Readiness
from worker.supervisor.merged import merged_metrics, merged_readiness
from worker.supervisor.process import Supervisor
from worker.supervisor.seat import Child, Seat

Start = Callable[[Path], Awaitable[Child]]


@contextmanager
def build(at: tuple[str, int], processes: int, start: Start = ChildProcess.start) -> Iterator[Supervisor]:
    """On the running loop. `at`: where health and metrics of all are told."""
    clock = SystemClock()
    # Short: the path of a Unix socket has 107 bytes at most.
    with tempfile.TemporaryDirectory(prefix="voice-") as folder:
        sockets = {str(number): Path(folder) / str(number) for number in range(1, processes + 1)}
        seats = [Seat(name, partial(start, socket), clock) for name, socket in sockets.items()]
        own = _own_metrics(seats)

        async def ready() -> Readiness:
            return merged_readiness(await ask_readiness(sockets))

        async def metrics() -> bytes:
            return own.text() + merged_metrics(await ask_metrics(sockets))

        health = HealthServer(at, ready=ready, metrics=metrics, content_type=CONTENT_TYPE)
        yield Supervisor(seats, health, clock)


def _own_metrics(seats: list[Seat]) -> Metrics:
    metrics = Metrics(names.SUPERVISOR, with_process=False)
    metrics.read_at_scrape(names.SUPERVISOR_PROCESSES, lambda: {(): sum(seat.pid is not None for seat in seats)})
    metrics.read_at_scrape(names.SUPERVISOR_RESTARTS, lambda: {(): sum(seat.restarts for seat in seats)})
    return metrics
