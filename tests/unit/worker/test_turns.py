from __future__ import annotations

from shared.call_report import Turn
from worker.turns import Turns


def test_the_response_time_runs_from_the_end_of_speech_to_the_first_sound() -> None:
    turns = Turns()
    turns.caller_started()
    turns.caller_stopped(10_000)
    assert turns.first_sound("a", 10_540) == 540
    assert turns.over("a", 3000, interrupted=False) == Turn(1, 540, False, 3000)


def test_words_of_its_own_accord_answer_nobody() -> None:
    turns = Turns()
    assert turns.first_sound("greeting", 1000) is None


def test_only_the_first_item_answers() -> None:
    turns = Turns()
    turns.caller_stopped(1000)
    turns.first_sound("a", 1500)
    assert turns.first_sound("b", 4000) is None
    assert turns.over("b", 100, interrupted=True) == Turn(2, None, True, 100)


def test_a_caller_who_goes_on_speaking_is_not_answered_yet() -> None:
    turns = Turns()
    turns.caller_stopped(1000)
    turns.caller_started()
    assert turns.first_sound("a", 1200) is None


def test_an_item_without_a_sound_is_no_turn() -> None:
    assert Turns().over("a", 0, interrupted=True) is None


def test_a_clock_that_jumped_back_gives_no_negative_time() -> None:
    turns = Turns()
    turns.caller_stopped(5000)
    assert turns.first_sound("a", 4000) == 0
