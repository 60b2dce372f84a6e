"""What the doctor says of a clock that is wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from control_api.doctor.check_livekit import MAX_SKEW_S, skew
from control_api.doctor.fetch import Answer
from control_api.doctor.findings import Status

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("seconds", [-MAX_SKEW_S, -1, 0, MAX_SKEW_S])
def test_clocks_that_nearly_agree(seconds: int) -> None:
    assert skew(Answer(200, b"", NOW + timedelta(seconds=seconds)), NOW) is None


@pytest.mark.parametrize(("seconds", "says"), [(-120, "120 s behind"), (90, "90 s ahead of")])
def test_clocks_that_do_not(seconds: int, says: str) -> None:
    found = skew(Answer(200, b"", NOW + timedelta(seconds=seconds)), NOW)
    assert found is not None
    assert (found.status, says in found.message) == (Status.PROBLEM, True)


def test_a_server_without_a_clock_says_nothing() -> None:
    assert skew(Answer(200, b"", None), NOW) is None
