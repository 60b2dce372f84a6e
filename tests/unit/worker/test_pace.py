from __future__ import annotations

import pytest

from worker.pace import BURST_S, FIRST_RATE, Pace


def _sent_in(pace: Pace, start_s: float, seconds: float, frame_s: float = 0.02) -> float:
    """How much a sender that always has something sends in that time."""
    now_s, sent_s = start_s, 0.0
    while now_s < start_s + seconds:
        if (wait_s := pace.wait_s(now_s)) > 0:
            now_s += wait_s
            continue
        pace.sent(frame_s, now_s)
        sent_s += frame_s
    return sent_s


def test_in_no_second_more_than_1200_ms_are_sent() -> None:
    pace = Pace()
    assert 1.0 < _sent_in(pace, 100.0, 1.0) <= 1.2
    assert 1.0 < _sent_in(pace, 101.0, 1.0) <= 1.2


def test_real_time_is_never_held_up() -> None:
    pace = Pace()
    for number in range(500):
        now_s = 5.0 + number * 0.02
        assert pace.wait_s(now_s) == 0
        pace.sent(0.02, now_s)


def test_a_loop_that_was_busy_for_a_moment_catches_up_at_once() -> None:
    pace = Pace()
    for _ in range(int(BURST_S / 0.02)):
        assert pace.wait_s(1.0) == 0
        pace.sent(0.02, 1.0)


def test_first_words_are_caught_up_with_faster() -> None:
    pace = Pace()
    for _ in range(50):
        pace.sent(0.02, 1.0, FIRST_RATE)
    assert pace.wait_s(1.0) + BURST_S == pytest.approx(1.0 / FIRST_RATE)
