"""The metrics of one process, by `prometheus_client`, made from what `shared.metric_names` declares.

A registry of its own for each process object, so that two of them in one Python (tests) do not add up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from shared.clock import Clock
from shared.metric_names import Metric, MetricKind

# When each series began: twice as many lines, and nobody asks.
disable_created_metrics()  # type: ignore[no-untyped-call]

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
LAG_EVERY_S = 0.1

Samples = Mapping[tuple[str, ...], float]
"""By the values of the labels, in their order; ``{(): 3.0}`` where there are none."""


class Metrics:
    def __init__(self, declared: Iterable[Metric], *, with_process: bool = True) -> None:
        """`with_process`: also what the library knows of this process, as ``process_*``."""
        self._registry = CollectorRegistry()
        self._counted = {metric: _make(metric, self._registry) for metric in declared}
        if with_process:
            ProcessCollector(registry=self._registry)

    def count(self, metric: Metric, *labels: str, by: float = 1.0) -> None:
        of = self._counted[metric]
        assert isinstance(of, Counter)  # noqa: S101 - declared so
        (of.labels(*labels) if labels else of).inc(by)

    def observe(self, metric: Metric, value: float, *labels: str) -> None:
        of = self._counted[metric]
        assert isinstance(of, Histogram)  # noqa: S101 - declared so
        (of.labels(*labels) if labels else of).observe(value)

    def read_at_scrape(self, metric: Metric, read: Callable[[], Samples]) -> None:
        """Take this gauge's or counter's samples from `read`, whenever somebody asks."""
        self._registry.unregister(self._counted.pop(metric))
        self._registry.register(_Read(metric, read))

    def text(self) -> bytes:
        """In Prometheus' text format (`CONTENT_TYPE`)."""
        return generate_latest(self._registry)


class _Read(Collector):
    def __init__(self, metric: Metric, read: Callable[[], Samples]) -> None:
        self._metric = metric
        self._read = read

    def collect(self) -> Iterator[Family]:
        made = GaugeMetricFamily if self._metric.kind is MetricKind.GAUGE else CounterMetricFamily
        family = made(self._metric.name, self._metric.help, labels=self._metric.labels)
        for labels, value in self._read().items():
            family.add_metric(labels, value)
        yield family


def _make(metric: Metric, registry: CollectorRegistry) -> Counter | Gauge | Histogram:
    match metric.kind:
        case MetricKind.COUNTER:
            return Counter(metric.name, metric.help, metric.labels, registry=registry)
        case MetricKind.GAUGE:
            return Gauge(metric.name, metric.help, metric.labels, registry=registry)
        case MetricKind.HISTOGRAM:
            return Histogram(metric.name, metric.help, metric.labels, registry=registry, buckets=metric.buckets)


async def watch_loop(clock: Clock, observe_lag_s: Callable[[float], None]) -> None:
    """Tell how late this event loop is, for ever."""
    while True:
        asked_s = clock.monotonic_s()
        await clock.sleep(LAG_EVERY_S)
        observe_lag_s(max(clock.monotonic_s() - asked_s - LAG_EVERY_S, 0.0))
