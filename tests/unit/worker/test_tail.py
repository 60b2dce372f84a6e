from __future__ import annotations

from worker.ports import FRAME_MS
from worker.tail import GAP_MS, TAIL_MS, Tail


def test_nothing_is_put_in_while_something_comes() -> None:
    tail = Tail()
    for at_ms in range(0, 5000, FRAME_MS):
        tail.heard(at_ms)
        assert tail.due(at_ms + FRAME_MS) == 0


def test_silence_in_real_time_and_no_more_than_a_turn_needs() -> None:
    tail = Tail()
    tail.heard(0)
    assert tail.due(GAP_MS - 1) == 0
    assert [tail.due(at_ms) * FRAME_MS for at_ms in (250, 500, 750, 1000, 1250, 9000)] == [240, 260, 240, 260, 0, 0]


def test_in_all_it_is_the_tail() -> None:
    tail = Tail()
    tail.heard(0)
    assert tail.due(60_000) * FRAME_MS == TAIL_MS


def test_a_microphone_that_is_back_may_stop_again() -> None:
    tail = Tail()
    tail.heard(0)
    tail.due(5000)
    tail.heard(6000)
    assert tail.due(6000 + GAP_MS) > 0


def test_who_never_said_anything_owes_nothing() -> None:
    assert Tail().due(10_000) == 0
