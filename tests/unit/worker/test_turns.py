from __future__ import annotations

from shared.call_report import Turn
from worker.turns import Turns


def test_the_response_time_runs_from_the_end_of_speech_to_the_first_sound() -> None:
    turns = Turns()
    turns.caller_started()
    turns.caller_stopped(10_000)
    turns.says("r", "a")
    assert turns.first_sound("a", 10_540) == 540
    assert turns.answer_done("r") is None, "it is still heard"
    assert turns.over("a", 3000, interrupted=False) == Turn(1, 540, False, 3000)


def test_words_of_its_own_accord_answer_nobody() -> None:
    turns = Turns()
    turns.says("r", "greeting")
    assert turns.first_sound("greeting", 1000) is None


def test_several_items_of_one_answer_are_one_turn() -> None:
    turns = Turns()
    turns.caller_stopped(1000)
    turns.says("r", "a")
    assert turns.first_sound("a", 1500) == 500
    assert turns.over("a", 800, interrupted=False) is None, "it may go on"
    turns.says("r", "b")
    assert turns.first_sound("b", 4000) is None
    assert turns.answer_done("r") is None
    assert turns.over("b", 100, interrupted=False) == Turn(1, 500, False, 900)


def test_an_answer_that_is_over_when_all_was_heard_is_told_then() -> None:
    turns = Turns()
    turns.says("r", "a")
    turns.first_sound("a", 1000)
    assert turns.over("a", 800, interrupted=False) is None
    assert turns.answer_done("r") == Turn(1, None, False, 800)
    assert turns.answer_done("r") is None


def test_an_answer_that_is_interrupted_is_over_with_its_last_item() -> None:
    turns = Turns()
    turns.says("r", "a")
    turns.says("r", "b")
    turns.first_sound("a", 1000)
    assert turns.over("a", 300, interrupted=True) is None
    assert turns.over("b", 0, interrupted=True) == Turn(1, None, True, 300)
    assert turns.answer_done("r") is None


def test_answers_that_nobody_ends_are_over_when_the_session_is() -> None:
    turns = Turns()
    for answer, item in (("r", "a"), ("s", "b")):
        turns.says(answer, item)
        turns.first_sound(item, 1000)
    turns.over("a", 300, interrupted=False)
    assert turns.answers_done() == [Turn(1, None, False, 300)]
    assert turns.over("b", 400, interrupted=False) == Turn(2, None, False, 400)


def test_another_answer_is_another_turn_and_only_the_first_answers() -> None:
    turns = Turns()
    turns.caller_stopped(1000)
    turns.says("r", "a")
    turns.says("s", "b")
    turns.first_sound("a", 1500)
    assert turns.first_sound("b", 4000) is None
    assert turns.over("b", 100, interrupted=True) == Turn(2, None, True, 100)


def test_a_caller_who_goes_on_speaking_is_not_answered_yet() -> None:
    turns = Turns()
    turns.caller_stopped(1000)
    turns.caller_started()
    turns.says("r", "a")
    assert turns.first_sound("a", 1200) is None


def test_an_item_without_a_sound_is_no_turn() -> None:
    turns = Turns()
    assert turns.over("of nobody", 0, interrupted=True) is None
    turns.says("r", "a")
    assert turns.over("a", 0, interrupted=True) is None


def test_a_clock_that_jumped_back_gives_no_negative_time() -> None:
    turns = Turns()
    turns.caller_stopped(5000)
    turns.says("r", "a")
    assert turns.first_sound("a", 4000) == 0
