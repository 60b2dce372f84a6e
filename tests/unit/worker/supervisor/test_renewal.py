"""Which process is replaced."""

from __future__ import annotations

import pytest

from worker.adapters.child_pages import seen
from worker.supervisor.renewal import FEW_CALLS, YOUNG_S, Bounds, Reason, Seen, next_to_replace, why_replace

BOUNDS = Bounds(memory_mb=600, calls=1000)


@pytest.mark.parametrize(
    ("one", "why"),
    [
        (Seen(599.9, 999, 1e6), None),
        (Seen(600, 500, 100), Reason.MEMORY),
        (Seen(200, 1000, 100), Reason.CALLS),
        (Seen(900, 2000, 100), Reason.MEMORY),
        # A fresh one would be as large.
        (Seen(900, FEW_CALLS - 1, YOUNG_S - 1), None),
        (Seen(900, FEW_CALLS, 1), Reason.MEMORY),
        (Seen(900, 0, YOUNG_S), Reason.MEMORY),
    ],
)
def test_who_has_grown_or_has_taken_so_many_calls(one: Seen, why: Reason | None) -> None:
    assert why_replace(one, BOUNDS) is why


def test_the_largest_is_the_first() -> None:
    found = {"1": Seen(200, 1000, 1e4), "2": Seen(700, 50, 1e4), "3": Seen(900, 50, 1e4), "4": Seen(150, 1, 1e4)}
    assert next_to_replace(found, BOUNDS) == ("3", Reason.MEMORY)
    assert next_to_replace({"4": found["4"]}, BOUNDS) is None
    assert next_to_replace(found, Bounds()) is None


def test_what_a_process_says_of_its_size() -> None:
    text = (
        b"# HELP process_resident_memory_bytes Memory.\n# TYPE process_resident_memory_bytes gauge\n"
        b"process_resident_memory_bytes 2.5e+08\nprocess_start_time_seconds 1000.5\n"
        b'voice_worker_claims_total{outcome="won"} 42.0\nvoice_worker_claims_total{outcome="lost"} 7.0\n'
    )
    assert seen(text, now_s=1010.5) == Seen(250, 42, 10)
    assert seen(b"process_start_time_seconds 1000.5\n", now_s=1010.5) is None
    assert seen(b"process_resident_memory_bytes much\nprocess_start_time_seconds 1\n", now_s=2) is None
