"""The parts of the invariants that look at what a caller heard."""

from __future__ import annotations

from typing import cast

import pytest

from scripts.caller.hearing import Hearing, Stretch
from scripts.faults.caller import Caller, Said
from scripts.faults.invariants import overlap_s, silences_s


class HeardByCaller:
    """What `silences_s` asks of a caller."""

    def __init__(
        self,
        sounds: list[tuple[float, float]],
        said: list[tuple[float, float]],
        *,
        broken_off_s: list[float] | None = None,
        left_s: float = 100.0,
    ) -> None:
        self._sounds = [Stretch(*sound) for sound in sounds]
        self.said = [Said(*one) for one in said]
        self.broken_off_s = broken_off_s or []
        self.left_s = left_s

    def sounds(self) -> list[Stretch]:
        return self._sounds

    def silences(self, *excused: tuple[float, float]) -> list[float]:
        return silences_s(cast(Caller, self), excused)


def test_the_wait_for_an_answer_is_counted_from_the_last_word() -> None:
    assert HeardByCaller([(0, 1), (5, 8)], [(2, 3)]).silences() == [2]


def test_a_turn_that_is_never_answered_counts_until_the_end_of_the_call() -> None:
    assert HeardByCaller([(0, 1)], [(2, 3)], left_s=20).silences() == [17]


def test_speaking_again_begins_the_wait_anew() -> None:
    assert HeardByCaller([(12, 13)], [(0, 1), (6, 7)]).silences() == [5, 5]


def test_an_agent_that_is_sounding_when_the_turn_ends_is_no_silence() -> None:
    assert HeardByCaller([(2, 5)], [(2, 3)]).silences() == []


def test_after_an_answer_that_breaks_off_a_sound_is_owed() -> None:
    assert HeardByCaller([(0, 2), (11, 12)], [], broken_off_s=[1.9]).silences() == [9]


def test_time_in_which_nobody_could_be_heard_does_not_count() -> None:
    assert HeardByCaller([(10, 11)], [(0, 1)]).silences((2, 8), (50, 60)) == [3]


def test_nothing_is_owed_after_the_call() -> None:
    assert HeardByCaller([], [(2, 3)], left_s=2.5).silences() == []


def test_two_voices_overlap_where_both_sound() -> None:
    one, other = [Stretch(0, 2), Stretch(5, 6)], [Stretch(1.5, 5.25)]
    assert overlap_s(one, other) == pytest.approx(0.75)
    assert overlap_s(one, Hearing().sounds()) == 0
