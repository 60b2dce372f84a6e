from __future__ import annotations

import asyncio
from itertools import islice

import numpy as np

from scripts.caller.clips import Clip, spoken, without_silence
from scripts.caller.conversation import Line
from scripts.caller.plans import INTERRUPTION, LITTLE_CONVERSATION, Wishes, plan, prepare
from shared.pcm import bytes_of


def test_a_clip_begins_and_ends_with_sound() -> None:
    loud = np.full(2400, 9000, dtype="<i2").tobytes()
    assert without_silence(bytes(bytes_of(300)) + loud + bytes(bytes_of(700))) == loud
    assert without_silence(bytes(bytes_of(300))) == b""


def test_a_sentence_is_spoken_aloud() -> None:
    clip = spoken("Where is my order?")
    assert 500 < clip.length_ms < 3000
    assert max(abs(int(sample)) for sample in np.frombuffer(clip.audio, dtype="<i2")) > 1000


def test_the_default_is_the_little_conversation() -> None:
    lines = prepare(Wishes())
    assert [line.clip.text for line in lines] == list(LITTLE_CONVERSATION)
    assert not any(line.interrupted_by for line in lines)


def test_an_interruption_goes_into_a_long_answer_and_only_once() -> None:
    interrupted = [line for line in prepare(Wishes(barge_in=True)) if line.interrupted_by]
    assert len(interrupted) == 1
    assert interrupted[0].interrupted_by is not None
    assert interrupted[0].interrupted_by.text == INTERRUPTION
    assert len(interrupted[0].clip.text) > 60


def test_own_sentences_replace_the_default() -> None:
    assert [line.clip.text for line in prepare(Wishes(sentences=["One.", "Two."]))] == ["One.", "Two."]


class StoppedClock:
    def __init__(self) -> None:
        self.at_s = 0.0

    def now_ms(self) -> int:
        return 0

    def monotonic_s(self) -> float:
        return self.at_s

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


def test_speaking_for_some_time_goes_round_from_a_place_of_its_own() -> None:
    clock = StoppedClock()
    lines = [Line(Clip(name, b"")) for name in "abc"]
    said = iter(plan(lines, 60, clock, first=1)())
    assert [line.clip.text for line in islice(said, 4)] == ["b", "c", "a", "b"]
    clock.at_s = 61
    assert list(said) == []


def test_without_a_time_each_line_is_said_once() -> None:
    lines = [Line(Clip(name, b"")) for name in "ab"]
    assert list(plan(lines, None, StoppedClock(), first=1)()) == lines
