from __future__ import annotations

from shared.call_state import EndReason
from worker.limits import Limits


def _limits() -> Limits:
    return Limits(max_duration_s=600, idle_timeout_s=60, now_s=0)


def test_nothing_is_due_while_people_talk() -> None:
    limits = _limits()
    limits.somebody_came(10)
    limits.speech(65)
    assert limits.due(120) is None


def test_silence() -> None:
    limits = _limits()
    limits.somebody_came(10)
    assert limits.due(69.9) is None
    assert limits.due(70) is EndReason.IDLE_TIMEOUT


def test_before_the_caller_has_come_silence_is_no_reason() -> None:
    limits = _limits()
    assert limits.due(599) is None
    assert limits.due(600) is EndReason.MAX_DURATION


def test_the_longest_call_counts_from_the_first_coming() -> None:
    limits = _limits()
    limits.somebody_came(100)
    limits.somebody_came(210)
    limits.speech(690)
    assert limits.due(699) is None
    assert limits.due(700) is EndReason.MAX_DURATION


def test_while_somebody_is_waited_for_nobody_is_called_idle() -> None:
    limits = _limits()
    limits.somebody_came(0)
    assert limits.due(84, waiting=True) is None
    assert limits.due(84) is EndReason.IDLE_TIMEOUT
    assert limits.due(600, waiting=True) is EndReason.MAX_DURATION


def test_coming_back_counts_as_a_sign_of_life() -> None:
    limits = _limits()
    limits.somebody_came(0)
    limits.somebody_came(79)
    assert limits.due(138) is None
    assert limits.due(139) is EndReason.IDLE_TIMEOUT
