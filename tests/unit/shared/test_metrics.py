from __future__ import annotations

import asyncio

import pytest
from prometheus_client.parser import text_string_to_metric_families

from shared import metric_names
from shared.metric_names import API, SUPERVISOR, WORKER, Metric, MetricKind
from shared.metrics import Metrics, watch_loop
from tests.fakes.clock import FakeClock

UNITS = ("_seconds", "_bytes", "_usd")
COUNTS = ("_calls", "_slots", "_ready", "_draining", "_workers", "_processes")
"""Gauges of things that have no unit."""


@pytest.mark.parametrize("metric", [*WORKER, *SUPERVISOR, *API], ids=lambda metric: metric.name)
def test_a_name_ends_with_its_unit(metric: Metric) -> None:
    if metric.kind is MetricKind.COUNTER:
        assert metric.name.endswith("_total")
    elif metric.kind is MetricKind.HISTOGRAM:
        assert metric.name.endswith(UNITS)
        assert list(metric.buckets) == sorted(set(metric.buckets))
    else:
        assert metric.name.endswith((*UNITS, *COUNTS))
    assert metric.help.endswith(".")


def test_every_metric_belongs_to_one_process() -> None:
    assert {metric.name for metric in (*WORKER, *SUPERVISOR, *API)} == set(metric_names.declared())


@pytest.mark.parametrize("declared", [WORKER, SUPERVISOR, API], ids=["worker", "supervisor", "api"])
def test_what_is_exported_is_what_is_declared(declared: tuple[Metric, ...]) -> None:
    exported = {family.name for family in text_string_to_metric_families(Metrics(declared).text().decode())}
    ours = {name for name in exported if not name.startswith("process_")}
    assert ours == {metric.name.removesuffix("_total") for metric in declared}


def test_what_is_read_at_scrape_is_read_each_time() -> None:
    metrics, numbers = Metrics(WORKER), iter((3.0, 5.0))
    metrics.read_at_scrape(metric_names.WORKER_REPORTS_DROPPED, lambda: {(): next(numbers)})
    assert b"\nvoice_worker_reports_dropped_total 3.0\n" in metrics.text()
    assert b"\nvoice_worker_reports_dropped_total 5.0\n" in metrics.text()


class Late(FakeClock):
    """Wakes up as late as it is told, and for the last time by being cancelled."""

    def __init__(self, *late_s: float) -> None:
        super().__init__()
        self._late_s = list(late_s)

    async def sleep(self, seconds: float) -> None:
        if not self._late_s:
            raise asyncio.CancelledError
        self._spent_s += seconds + self._late_s.pop(0)

    _spent_s = 0.0

    def monotonic_s(self) -> float:
        return self._spent_s


async def test_a_loop_that_is_held_up_is_late() -> None:
    lags: list[float] = []
    with pytest.raises(asyncio.CancelledError):
        await watch_loop(Late(0.0, 0.4), lags.append)
    assert lags == [pytest.approx(0.0), pytest.approx(0.4)]
