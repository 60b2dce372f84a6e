from __future__ import annotations

from worker.farewell import LIMIT_S, Farewell


def test_after_a_goodbye_the_silence_ends_it() -> None:
    farewell = Farewell()
    farewell.spoke("r")
    assert farewell.begin("r", 10) is None
    assert not farewell.due(11, silent=False)
    assert farewell.due(12, silent=True)


def test_without_a_goodbye_one_is_asked_for_and_awaited() -> None:
    farewell = Farewell()
    farewell.spoke("earlier")
    assert farewell.begin("r", 10) is not None
    assert not farewell.due(10.5, silent=True)
    farewell.answer_started()
    assert farewell.due(12, silent=True)


def test_a_goodbye_that_does_not_come_is_not_waited_for() -> None:
    farewell = Farewell()
    farewell.begin("r", 10)
    assert farewell.due(10 + LIMIT_S, silent=False)


def test_calling_it_twice_asks_once() -> None:
    farewell = Farewell()
    assert farewell.begin("r", 10) is not None
    assert farewell.begin("r", 11) is None


def test_an_interrupted_goodbye_is_taken_back() -> None:
    farewell = Farewell()
    farewell.spoke("r")
    farewell.begin("r", 10)
    farewell.interrupted()
    assert not farewell.due(100, silent=True)


def test_nobody_hangs_up_for_nothing() -> None:
    assert not Farewell().due(1000, silent=True)
