"""What the kernel says of threads, read."""

from __future__ import annotations

import os
import threading

import pytest

from scripts.bench import meter
from scripts.bench.meter import Spent, parse_stat

TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("name", ["python", "AudioEncoderQue", "worker_thread 0", "a (b) c"])
def test_a_threads_name_may_hold_anything(name: str) -> None:
    fields = "S 1 1 1 0 -1 4194304 100 0 0 0 150 50 0 0 20 0 9 0 12 1000 1"
    assert parse_stat(f"42 ({name}) {fields}") == (42, name, 200 / TICKS_PER_S)


def test_what_was_spent_before_does_not_count() -> None:
    before = Spent({(1, 1): 5.0}, {(1, 2): 1.0})
    after = Spent({(1, 1): 5.5}, {(1, 2): 1.25, (1, 3): 0.25})
    assert after.since(before) == (1.0, 0.5)


def test_a_process_is_charged_for_its_threads() -> None:
    before = meter.spent([os.getpid()])
    worker = threading.Thread(target=lambda: sum(range(3_000_000)))
    worker.start()
    sum(range(3_000_000))
    total_s, native_s = meter.spent([os.getpid()]).since(before)
    worker.join()
    assert total_s >= native_s >= 0
    assert total_s > 0
    assert meter.memory_mb([os.getpid()]) > 1


def test_a_process_that_has_ended_costs_nothing() -> None:
    nobody = 2**22 + 1
    assert meter.tree(nobody) == []
    assert meter.spent([nobody]) == Spent({}, {})
    assert meter.memory_mb([nobody]) == 0
