from __future__ import annotations

import pytest

from worker.session_age import SessionAge

NOW_MS = 1_700_000_000_000


@pytest.mark.parametrize(
    ("longest_s", "says_s", "due_s"),
    [(3600, None, 3000), (3600, 3600, 3000), (60, None, 45), (3600, 1800, 1350), (60, 3600, 45), (3600, -5, 3000)],
)
def test_a_while_before_its_end_it_is_due(longest_s: float, says_s: int | None, due_s: float) -> None:
    age = SessionAge(longest_s)
    age.began(100.0, NOW_MS, None if says_s is None else NOW_MS + says_s * 1000)
    assert not age.is_due(100.0 + due_s - 0.1)
    assert age.is_due(100.0 + due_s)
    assert age.seconds(130.0) == 30


def test_one_that_has_not_begun_is_never_due() -> None:
    age = SessionAge(60)
    assert not age.has_begun
    assert not age.is_due(1e9)
