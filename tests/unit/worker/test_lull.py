from __future__ import annotations

from worker.lull import OWED_S, PAUSE_S, Lull


def test_a_pause_begins_a_moment_after_the_last_sign_of_life() -> None:
    lull = Lull()
    lull.stirred(10)
    assert not lull.lasts(10 + PAUSE_S / 2)
    assert lull.lasts(10 + PAUSE_S)


def test_the_silence_before_an_answer_is_none() -> None:
    lull = Lull()
    lull.spoke("item", 10)
    lull.understood("item")
    assert not lull.lasts(12)
    lull.answered()
    assert lull.lasts(12)


def test_words_that_are_not_known_yet_are_waited_for() -> None:
    lull = Lull()
    lull.spoke("item", 10)
    lull.answered()
    assert not lull.lasts(12)
    lull.understood("item")
    assert lull.lasts(12)


def test_an_answer_that_was_asked_for_is_owed() -> None:
    lull = Lull()
    lull.asked(10)
    assert not lull.lasts(12)


def test_what_never_comes_is_not_waited_for() -> None:
    lull = Lull()
    lull.spoke("item", 10)
    assert not lull.lasts(10 + OWED_S - 0.1)
    assert lull.lasts(10 + OWED_S)
