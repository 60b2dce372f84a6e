"""When models end, by names with and without a version's date."""

from __future__ import annotations

from datetime import date

import pytest

from shared.model_names import as_words, endings, ends_soon, shutdown_of, undated


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("gpt-realtime-2025-08-28", "gpt-realtime"),
        ("gpt-realtime-2.1", "gpt-realtime-2.1"),
        ("gpt-realtime-2.1-mini-2026-05-01", "gpt-realtime-2.1-mini"),
        ("model-2025-8-28", "model-2025-8-28"),
        ("", ""),
    ],
)
def test_a_name_without_its_date(name: str, bare: str) -> None:
    assert undated(name) == bare


def test_what_is_shut_down_and_what_is_not() -> None:
    assert shutdown_of("gpt-realtime-mini-2025-12-15") == date(2027, 1, 20)
    assert shutdown_of("gpt-4o-mini-transcribe") == date(2027, 2, 26)
    assert shutdown_of("gpt-realtime-2.1") is None
    assert shutdown_of("a-model-of-my-own") is None


def test_what_the_service_tells_goes_before_what_we_know() -> None:
    told = {"gpt-realtime": date(2027, 3, 1), "gpt-realtime-2.1": date(2028, 1, 1)}
    assert shutdown_of("gpt-realtime", told) == date(2027, 3, 1)
    assert shutdown_of("gpt-realtime-2.1", told) == date(2028, 1, 1)


def test_it_is_told_sixty_days_ahead_and_ever_after() -> None:
    assert ends_soon("gpt-realtime", date(2026, 11, 20)) is None
    assert ends_soon("gpt-realtime", date(2026, 11, 21)) == date(2027, 1, 20)
    assert ends_soon("gpt-realtime", date(2028, 1, 1)) == date(2027, 1, 20)
    assert ends_soon("gpt-realtime-2.1", date(2028, 1, 1)) is None


def test_what_ends_is_told_by_what_it_is_used_for() -> None:
    used = {"model": "gpt-realtime-2025-08-28", "transcription_model": "whisper-1", "other": "gpt-transcribe"}
    december_ms = 1_796_083_200_000  # 2026-12-01
    found = endings(used, december_ms)
    assert found == {"model": date(2027, 1, 20)}
    assert as_words(found) == {"model": "ends_2027-01-20"}
    assert set(endings(used, december_ms + 40 * 86_400_000)) == {"model", "transcription_model"}
