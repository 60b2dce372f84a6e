"""Turn detection from made-up probabilities."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.local_realtime.turns import (
    WINDOW_MS,
    PauseBegan,
    PauseEnded,
    SpeechStarted,
    SpeechStopped,
    TurnDecision,
    TurnDetector,
    TurnSettings,
)


def decisions(detector: TurnDetector, *runs: tuple[int, float]) -> list[TurnDecision]:
    """Feed runs of (milliseconds, probability)."""
    return [
        decision
        for length_ms, probability in runs
        for _ in range(length_ms // WINDOW_MS)
        for decision in detector.push(probability)
    ]


def test_a_turn_has_a_start_a_pause_and_a_stop() -> None:
    found = decisions(TurnDetector(TurnSettings()), (960, 0.0), (960, 0.9), (640, 0.0))
    assert found == [SpeechStarted(960 - 300), PauseBegan(1920 + 224), SpeechStopped(1920 + 512)]


def test_one_loud_window_is_a_click() -> None:
    assert decisions(TurnDetector(TurnSettings()), (320, 0.0), (32, 1.0), (320, 0.0)) == []


def test_a_pause_that_ends_is_taken_back() -> None:
    found = decisions(TurnDetector(TurnSettings()), (320, 0.9), (320, 0.0), (320, 0.9), (640, 0.0))
    assert [type(decision) for decision in found] == [
        SpeechStarted,
        PauseBegan,
        PauseEnded,
        PauseBegan,
        SpeechStopped,
    ]


def test_a_little_less_than_the_threshold_keeps_a_turn_alive() -> None:
    found = decisions(TurnDetector(TurnSettings(threshold=0.5)), (320, 0.6), (3200, 0.4))
    assert [type(decision) for decision in found] == [SpeechStarted]


def test_the_padding_reaches_back_to_the_last_turn_at_most() -> None:
    detector = TurnDetector(TurnSettings(prefix_padding_ms=2000))
    first = decisions(detector, (640, 0.9), (640, 0.0))
    second = decisions(detector, (320, 0.9))
    assert isinstance(first[-1], SpeechStopped)
    assert second == [SpeechStarted(first[-1].audio_end_ms)]


def test_a_detector_that_begins_late_counts_from_there() -> None:
    assert decisions(TurnDetector(TurnSettings(), heard_ms=10_000), (320, 0.9)) == [SpeechStarted(10_000)]


def test_what_is_forgotten_does_not_stop() -> None:
    detector = TurnDetector(TurnSettings())
    decisions(detector, (640, 0.9))
    detector.forget()
    assert decisions(detector, (1280, 0.0)) == []


@given(st.lists(st.floats(0, 1), max_size=400), st.integers(32, 1500))
def test_starts_and_stops_alternate_whatever_is_heard(heard: list[float], silence_ms: int) -> None:
    detector = TurnDetector(TurnSettings(silence_duration_ms=silence_ms))
    found = [decision for probability in heard for decision in detector.push(probability)]
    edges = [decision for decision in found if isinstance(decision, SpeechStarted | SpeechStopped)]
    assert all(isinstance(edge, SpeechStarted) == (at % 2 == 0) for at, edge in enumerate(edges))
    times = [edge.audio_start_ms if isinstance(edge, SpeechStarted) else edge.audio_end_ms for edge in edges]
    assert times == sorted(times)


@pytest.mark.parametrize("silence_ms", [200, 500, 1000])
def test_the_silence_is_as_long_as_asked_to_the_window(silence_ms: int) -> None:
    found = decisions(TurnDetector(TurnSettings(silence_duration_ms=silence_ms)), (640, 0.9), (2048, 0.0))
    [stopped] = [decision for decision in found if isinstance(decision, SpeechStopped)]
    assert silence_ms <= stopped.audio_end_ms - 640 < silence_ms + WINDOW_MS
