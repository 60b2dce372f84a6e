"""The composition root of the supervisor: its processes, what they are looked at for, and the one port that speaks for
all."""

from __future__ import annotations

import tempfile
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from shared import metric_names as names
from shared.clock import SystemClock
from shared.metrics import CONTENT_TYPE, Metrics
from worker.adapters.child_pages import ask_metrics, ask_readiness, ask_sizes
from worker.adapters.child_process import ChildProcess
from worker.adapters.health import HealthServer
from worker.readiness import READY, Readiness
from worker.supervisor.crew import Crew
from worker.supervisor.merged import merged_metrics, merged_readiness
from worker.supervisor.process import Supervisor
from worker.supervisor.renewal import MB, Bounds, Seen
from worker.supervisor.renewer import Looks, Renewer
from worker.supervisor.seat import Child

Start = Callable[[Path], Awaitable[Child]]


@contextmanager
def build(
    at: tuple[str, int], processes: int, bounds: Bounds, start: Start = ChildProcess.start
) -> Iterator[Supervisor]:
    """On the running loop. `at`: where health and metrics of all are told."""
    clock = SystemClock()
    # Short: the path of a Unix socket has 107 bytes at most.
    with tempfile.TemporaryDirectory(prefix="voice-") as folder:
        pages = _Pages(Path(folder), clock)
        crew = Crew(lambda name: start(pages.socket(name)), processes, clock)
        renewer = Renewer(crew, pages, bounds, clock)
        own = _own_metrics(crew, renewer, bounds)

        async def ready() -> Readiness:
            return merged_readiness(await ask_readiness(pages.sockets(crew.names)))

        async def metrics() -> bytes:
            return own.text() + merged_metrics(await ask_metrics(pages.sockets(crew.names)))

        health = HealthServer(at, ready=ready, metrics=metrics, content_type=CONTENT_TYPE)
        yield Supervisor(crew, renewer, health, clock)


class _Pages(Looks):
    """Where each process tells of itself."""

    def __init__(self, folder: Path, clock: SystemClock) -> None:
        self._folder = folder
        self._clock = clock

    def socket(self, name: str) -> Path:
        return self._folder / name

    def sockets(self, names: Iterable[str]) -> Mapping[str, Path]:
        return {name: self.socket(name) for name in names}

    async def sizes(self, names: Iterable[str]) -> dict[str, Seen]:
        return await ask_sizes(self.sockets(names), self._clock.now_ms())

    async def is_ready(self, name: str) -> bool:
        found = await ask_readiness(self.sockets([name]))
        return bool(found[name]["status"] == READY)


def _own_metrics(crew: Crew, renewer: Renewer, bounds: Bounds) -> Metrics:
    metrics = Metrics(names.SUPERVISOR, with_process=False)
    metrics.read_at_scrape(names.SUPERVISOR_PROCESSES, lambda: {(): len(crew.pids)})
    metrics.read_at_scrape(names.SUPERVISOR_RESTARTS, lambda: {(): crew.restarts})
    metrics.read_at_scrape(names.SUPERVISOR_REPLACED, renewer.by_reason)
    metrics.read_at_scrape(names.SUPERVISOR_MEMORY_BOUND, lambda: {(): bounds.memory_mb * MB})
    return metrics
