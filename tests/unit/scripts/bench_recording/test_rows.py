"""What `make bench-recording` says of what it measured."""

from __future__ import annotations

from scripts.bench_recording.rows import Row, as_table

GOOD = Row("a recorded call", 0.004, "cores", 0.008, "8 calls")
BAD = Row("the file is ready", 12.0, "s", 10.0)
OPEN = Row("the same", 0.02, "cores", None)


def test_a_goal_is_met_below_it() -> None:
    assert [row.met for row in (GOOD, BAD, OPEN)] == [True, False, None]
    assert Row("at it", 1.0, "s", 1.0).met is False
    assert (GOOD.share, BAD.share, OPEN.share) == (0.5, 1.2, None)


def test_the_table_shows_what_it_is_of_the_goal() -> None:
    lines = as_table([GOOD, BAD, OPEN]).splitlines()
    assert lines[2] == "| a recorded call | 0.004 cores (8 calls) | < 0.008 cores | 0.50 | yes |"
    assert lines[3] == "| the file is ready | 12 s | < 10 s | 1.20 | no |"
    assert lines[4] == "| the same | 0.02 cores | - | - | - |"


def test_programs_get_the_same() -> None:
    assert GOOD.to_json() == {
        "what": "a recorded call",
        "value": 0.004,
        "unit": "cores",
        "limit": 0.008,
        "share": 0.5,
        "met": True,
        "remark": "8 calls",
    }
