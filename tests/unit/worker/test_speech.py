"""Where speech begins, ends and is parted."""

from __future__ import annotations

from worker.ports.transcription import WINDOW_MS
from worker.speech import (
    AFTER_MS,
    BEFORE_MS,
    LEAST_MS,
    LONG_MS,
    MAX_MS,
    PAUSE_MS,
    SHORT_PAUSE_MS,
    WINDOW_BYTES,
    Speech,
    SpeechCutter,
)

WORD = b"\x01" * WINDOW_BYTES
QUIET = bytes(WINDOW_BYTES)


class Talk:
    """One microphone from 0 ms on."""

    def __init__(self) -> None:
        self.cutter = SpeechCutter()
        self.now_ms = 0
        self.over: list[Speech] = []

    def go_on(self, ms: int, likelihood: float) -> Talk:
        for _ in range(ms // WINDOW_MS):
            self.now_ms += WINDOW_MS
            speech = self.cutter.push(WORD if likelihood > 0.4 else QUIET, likelihood, self.now_ms)
            self.over += [speech] if speech is not None else []
        return self

    def hush(self) -> Talk:
        speech = self.cutter.hush()
        self.over += [speech] if speech is not None else []
        return self


def windows(ms: int) -> int:
    return ms // WINDOW_MS


def test_a_speech_ends_with_a_pause_and_its_times_are_those_of_the_words() -> None:
    talk = Talk().go_on(640, 0.0).go_on(1_280, 1.0).go_on(PAUSE_MS, 0.0)
    [speech] = talk.over
    assert (speech.start_ms, speech.end_ms) == (640, 640 + 1_280)
    before, said, after = windows(BEFORE_MS), windows(1_280), windows(AFTER_MS)
    assert speech.audio == QUIET * before + WORD * said + QUIET * after


def test_a_breath_parts_nothing() -> None:
    talk = Talk().go_on(640, 1.0).go_on(PAUSE_MS - WINDOW_MS, 0.0).go_on(640, 1.0)
    assert talk.over == []
    [speech] = talk.go_on(PAUSE_MS, 0.0).over
    assert speech.end_ms - speech.start_ms == 640 + PAUSE_MS - WINDOW_MS + 640


def test_between_the_levels_a_speech_goes_on_and_none_begins() -> None:
    assert not Talk().go_on(2_000, 0.45).cutter.is_speech
    assert Talk().go_on(640, 1.0).go_on(2_000, 0.45).over == []
    # Once it is silent, a murmur does not make it speech again.
    assert len(Talk().go_on(640, 1.0).go_on(WINDOW_MS, 0.0).go_on(PAUSE_MS, 0.45).over) == 1


def test_a_click_is_no_speech() -> None:
    assert Talk().go_on(LEAST_MS - WINDOW_MS, 1.0).go_on(PAUSE_MS, 0.0).over == []
    assert len(Talk().go_on(LEAST_MS, 1.0).go_on(PAUSE_MS, 0.0).over) == 1


def test_who_goes_on_and_on_is_parted_at_a_short_pause() -> None:
    talk = Talk().go_on(LONG_MS, 1.0).go_on(SHORT_PAUSE_MS, 0.0).go_on(3_200, 1.0).go_on(PAUSE_MS, 0.0)
    assert [speech.end_ms - speech.start_ms for speech in talk.over] == [windows(LONG_MS) * WINDOW_MS, 3_200]


def test_nobody_is_held_for_longer_than_the_most() -> None:
    talk = Talk().go_on(3 * MAX_MS, 1.0)
    assert [len(speech.audio) for speech in talk.over] == [MAX_MS // WINDOW_MS * WINDOW_BYTES] * 3
    assert talk.over[1].start_ms == talk.over[0].end_ms, "nothing is lost between two parts"


def test_the_pause_before_a_part_belongs_to_the_next_one_too() -> None:
    talk = Talk().go_on(640, 1.0).go_on(PAUSE_MS, 0.0).go_on(640, 1.0).hush()
    left_ms = min(PAUSE_MS - AFTER_MS, BEFORE_MS)
    assert talk.over[1].audio == QUIET * windows(left_ms) + WORD * windows(640)


def test_a_microphone_that_goes_off_ends_the_speech_at_once() -> None:
    talk = Talk().go_on(640, 1.0).hush()
    assert [(speech.start_ms, speech.end_ms) for speech in talk.over] == [(0, 640)]
    assert talk.hush().hush().over == talk.over[:1], "and nothing twice"
