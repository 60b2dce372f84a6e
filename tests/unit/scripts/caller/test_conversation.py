"""The turns of a conversation, with a phone that needs no room: time is the test's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import numpy as np

from scripts.caller.captions import Captions
from scripts.caller.clips import Clip
from scripts.caller.conversation import Conversation, Line, Manners
from scripts.caller.hearing import Hearing
from scripts.caller.microphone import Speech
from scripts.caller.phone import Phone
from shared.pcm import bytes_of

AGENT = "ai-agent-1"
SECOND = Clip("one second", bytes(bytes_of(1000)))


class VirtualTime:
    """Sleeping moves time; nothing else does."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.on_move: Callable[[], None] = lambda: None

    def now_ms(self) -> int:
        return round(self.now_s * 1000)

    def monotonic_s(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.now_s += seconds
        self.on_move()
        await asyncio.sleep(0)


class FakeLine:
    """Stands for microphone and ear: an agent that answers each speech after a while, for a while."""

    def __init__(self, time: VirtualTime, *, after_ms: int | None = 600, for_ms: int = 1000) -> None:
        self.hearing = Hearing()
        self.captions = Captions()
        self._time = time
        self._after_ms = after_ms
        self._for_ms = for_ms
        self._to_come: list[float] = []
        time.on_move = self._arrive

    def say(self, clip: Clip) -> Speech:
        loop = asyncio.get_running_loop()
        speech = Speech(clip, loop.create_future(), loop.create_future())
        began_s = self._time.now_s + 0.1
        ended_s = began_s + clip.length_ms / 1000
        speech.began_s.set_result(began_s)
        speech.ended_s.set_result(ended_s)
        if self._after_ms is not None:
            self.sound(ended_s + self._after_ms / 1000, self._for_ms)
            self.captions.open(AGENT, f"answer to {clip.text}", ended_s + 0.5).text = "An answer."
        return speech

    def sound(self, at_s: float, for_ms: int) -> None:
        """To be heard when it is time, in frames of 20 ms."""
        self._to_come += [at_s + (frame + 1) * 0.02 for frame in range(for_ms // 20)]

    def _arrive(self) -> None:
        for arrived_s in [at_s for at_s in self._to_come if at_s <= self._time.now_s]:
            self._to_come.remove(arrived_s)
            self.hearing.hear(np.full(480, 8000, dtype=np.int16), arrived_s)


def conversation(line: FakeLine, time: VirtualTime, *, over: bool = False) -> Conversation:
    phone = SimpleNamespace(
        clock=time,
        microphone=line,
        hearing=line.hearing,
        captions=line.captions,
        over=asyncio.Event(),
        agent_identity=AGENT,
    )
    if over:
        phone.over.set()
    return Conversation(cast(Phone, phone), Manners())


async def test_the_response_time_is_from_the_end_of_speech_to_the_first_sound() -> None:
    time = VirtualTime()
    talk = conversation(FakeLine(time, after_ms=640), time)
    await talk.say_all([Line(SECOND), Line(SECOND)])
    assert [turn.response_ms for turn in talk.turns()] == [640, 640]
    assert talk.turns()[0].answer == "An answer."


async def test_the_next_line_waits_until_the_answer_is_over() -> None:
    time = VirtualTime()
    began_s = time.now_s
    await conversation(FakeLine(time, after_ms=500, for_ms=4000), time).say_all([Line(SECOND)])
    assert time.now_s - began_s >= 1.0 + 0.5 + 4.0 + 0.9


async def test_no_answer_is_a_turn_without_a_time() -> None:
    time = VirtualTime()
    talk = conversation(FakeLine(time, after_ms=None), time)
    await talk.say_all([Line(SECOND)])
    assert [turn.response_ms for turn in talk.turns()] == [None]


async def test_an_interruption_is_a_turn_of_its_own_and_measures_the_silence() -> None:
    time = VirtualTime()
    talk = conversation(FakeLine(time, for_ms=1000), time)
    await talk.say_all([Line(SECOND, interrupted_by=Clip("stop", bytes(bytes_of(500))))])
    first, second = talk.turns()
    assert (first.interrupted, second.interrupted) == (True, False)
    # The answer of 1000 ms is interrupted at about 700 + 100 ms, and ends by itself about 200 ms later.
    assert first.silence_ms is not None
    assert 100 <= first.silence_ms <= 300
    assert second.response_ms == 600


async def test_nothing_is_said_into_a_room_that_is_gone() -> None:
    time = VirtualTime()
    talk = conversation(FakeLine(time), time, over=True)
    await talk.say_all([Line(SECOND)])
    assert talk.turns() == []


async def test_a_greeting_is_heard_out() -> None:
    time = VirtualTime()
    line = FakeLine(time)
    line.sound(time.now_s + 0.5, 2000)
    await conversation(line, time).hear_greeting()
    assert 1002.5 <= time.now_s - 0.9 <= 1002.7
