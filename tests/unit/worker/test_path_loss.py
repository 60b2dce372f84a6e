"""How many unanswered requests in a row are too many to be chance: by what is known, not by what is simulated."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.path_loss import LEAST, MEMORY_S, MOST, QUICKEST, PathLoss

AN_HOUR = 3600
"""Rows of unanswered requests that can begin in it: one a second."""


def sound(path: PathLoss, *, seconds: int, lost_in: float = 0.0, lost_out: float = 0.0, at_s: int = 0) -> None:
    """In both directions, and the requests of that time."""
    for now_s in range(at_s, at_s + seconds):
        path.carried(50 - round(50 * lost_in), round(50 * lost_in), 50, round(50 * lost_out), now_s)


def by_chance(loss: float, patience: int) -> float:
    return (1 - (1 - loss) ** 2) ** patience


@pytest.mark.parametrize("loss", [0.02, 0.1, 0.2, 0.3])
def test_a_path_that_loses_up_to_30_percent_is_taken_for_dead_less_than_once_in_a_million_hours(loss: float) -> None:
    path = PathLoss()
    for second in range(1, 60):
        sound(path, seconds=1, lost_in=loss, lost_out=loss, at_s=second)
        assert AN_HOUR * by_chance(loss, path.patience) < 1e-6 or path.patience == MOST
    assert AN_HOUR * by_chance(loss, MOST) < 1e-6


@pytest.mark.parametrize("loss", [0.1, 0.3])
def test_so_is_one_of_which_only_one_direction_has_been_seen(loss: float) -> None:
    path = PathLoss()
    for now_s in range(10):
        path.carried(50 - round(50 * loss), round(50 * loss), 0, 0, now_s)
    assert AN_HOUR * by_chance(loss, path.patience) < 1e-6


def test_who_knows_nothing_is_patient() -> None:
    assert PathLoss().patience > 30


def test_two_seconds_of_sound_in_both_directions_without_a_loss_are_proof() -> None:
    path = PathLoss()
    sound(path, seconds=3)
    assert path.patience == QUICKEST


def test_sound_in_one_direction_alone_is_no_proof() -> None:
    path = PathLoss()
    for now_s in range(100):
        path.carried(50, 0, 0, 0, now_s)
        path.asked(1, 0, now_s)
    assert LEAST <= path.patience < 8


def test_a_loss_is_forgotten() -> None:
    path = PathLoss()
    sound(path, seconds=10)
    path.asked(0, 1, 10)
    assert path.patience > QUICKEST
    sound(path, seconds=round(MEMORY_S), at_s=11)
    path.asked(1, 0, 11 + MEMORY_S)
    assert path.patience == QUICKEST


def test_a_request_that_was_only_on_its_way_is_no_loss() -> None:
    path = PathLoss()
    sound(path, seconds=10)
    path.asked(0, 1, 10)
    path.asked(2, -1, 11)
    assert path.patience == QUICKEST


def test_a_track_that_goes_away_takes_nothing_with_it() -> None:
    path = PathLoss()
    sound(path, seconds=10)
    path.carried(-500, -3, -500, 0, 10)
    assert path.patience == QUICKEST


COUNTS = st.integers(-50, 500)


@given(st.lists(st.tuples(COUNTS, COUNTS, COUNTS, COUNTS, st.floats(0, 1e4)), max_size=20))
def test_whatever_is_counted_patience_has_its_bounds(seen: list[tuple[int, int, int, int, float]]) -> None:
    path, now_s = PathLoss(), 0.0
    for one, two, three, four, wait_s in seen:
        now_s += wait_s
        path.carried(one, two, three, four, now_s)
        path.asked(max(one, 0), four, now_s)
        assert path.patience == QUICKEST or LEAST <= path.patience <= MOST
