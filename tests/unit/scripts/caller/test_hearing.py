from __future__ import annotations

import numpy as np
import pytest

from scripts.caller.hearing import Hearing, Samples, loud_blocks

RATE_HZ = 24_000


def silence(ms: float) -> Samples:
    return np.zeros(int(ms * RATE_HZ / 1000), dtype=np.int16)


def tone(ms: float, level: int = 6000) -> Samples:
    at = np.arange(int(ms * RATE_HZ / 1000))
    return (level * np.sin(2 * np.pi * 440 * at / RATE_HZ)).astype(np.int16)


def heard(*parts: Samples, began_s: float = 100.0) -> Hearing:
    """A hearing to which the parts came one after the other, in frames of 20 ms."""
    hearing = Hearing()
    line = np.concatenate(parts)
    for start in range(0, len(line), 480):
        frame = line[start : start + 480]
        hearing.hear(frame, began_s + (start + len(frame)) / RATE_HZ)
    return hearing


def test_a_first_sound_is_placed_within_a_frame() -> None:
    hearing = heard(silence(135), tone(300))
    assert hearing.first_sound_after(100.0) == pytest.approx(100.135, abs=0.001)


def test_a_sound_that_was_there_before_is_no_answer() -> None:
    hearing = heard(tone(500), silence(400), tone(300))
    assert hearing.first_sound_after(100.2) == pytest.approx(100.9, abs=0.006)


def test_nothing_heard_is_none() -> None:
    hearing = heard(silence(1000))
    assert hearing.first_sound_after(100.0) is None
    assert hearing.last_sound_s() is None
    assert not hearing.is_sounding(101.0, 0.5)


def test_the_noise_of_a_silent_line_is_no_sound() -> None:
    noise = np.random.default_rng(1).integers(-30, 30, RATE_HZ).astype(np.int16)
    assert heard(noise).first_sound_after(100.0) is None


def test_a_click_is_no_answer() -> None:
    hearing = heard(silence(100), tone(4), silence(300), tone(200))
    assert hearing.first_sound_after(100.0) == pytest.approx(100.404, abs=0.006)


def test_a_gap_within_a_word_is_no_end() -> None:
    hearing = heard(tone(200), silence(50), tone(200))
    assert hearing.first_sound_after(100.01) is None


def test_sounding_ends_some_time_after_the_last_sound() -> None:
    hearing = heard(tone(200), silence(800))
    assert hearing.is_sounding(100.6, 0.5)
    assert not hearing.is_sounding(101.0, 0.5)


def test_quiet_begins_where_an_interrupted_answer_broke_off() -> None:
    hearing = heard(tone(700), silence(500), tone(300))
    assert hearing.quiet_from(100.5, now_s=101.5, gap_s=0.3) == pytest.approx(100.7, abs=0.006)


def test_a_pause_between_words_is_not_quiet() -> None:
    hearing = heard(tone(300), silence(200), tone(300), silence(400))
    assert hearing.quiet_from(100.1, now_s=101.2, gap_s=0.3) == pytest.approx(100.8, abs=0.006)


def test_quiet_is_not_known_before_the_gap_has_passed() -> None:
    hearing = heard(tone(300), silence(100))
    assert hearing.quiet_from(100.1, now_s=100.4, gap_s=0.3) is None


def test_quiet_from_a_moment_that_was_already_silent() -> None:
    hearing = heard(tone(300), silence(700), tone(100))
    assert hearing.quiet_from(100.4, now_s=101.1, gap_s=0.3) == 100.4


def test_loud_blocks_of_a_frame() -> None:
    frame = np.concatenate([silence(10), tone(5), silence(5)])
    assert loud_blocks(frame) == [10]
    assert loud_blocks(silence(2)) == []
