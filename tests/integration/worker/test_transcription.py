"""Real calls between people, written down by the real worker: whose words, when, and through an outage."""

from __future__ import annotations

import re
import signal

import pytest

from scripts.caller.clips import Clip, spoken
from scripts.caller.phone import Phone
from shared import pcm
from shared.call_report import Segment
from shared.clock import SystemClock
from shared.worker_link import HeldCall
from tests.integration.worker.stack import CALLEE, CALLER, Stack, until
from tests.integration.worker.worker_process import RunningWorker

QUESTION = spoken("Where is my order, please?")
REPLY = spoken("It was packed on Monday, and it will be with you tomorrow.")
THANKS = spoken("Thank you very much for your help.")
NEAR_MS = 300
"""A detector's window, the beginning of a word, the jitter buffer."""


async def says(phone: Phone, clip: Clip) -> tuple[int, int]:
    """From when to when, milliseconds since 1970."""
    clock = SystemClock()
    speech = phone.microphone.say(clip)
    began_s, ended_s = await speech.began_s, await speech.ended_s
    offset_ms = clock.now_ms() - clock.monotonic_s() * 1000
    return round(offset_ms + began_s * 1000), round(offset_ms + ended_s * 1000)


def segments(stack: Stack, held: HeldCall) -> list[Segment]:
    return stack.control.events(held.call_id, Segment)


def check(segment: Segment, clip: Clip, began_ms: int) -> None:
    wanted, found = words(clip.text), words(segment.text)
    print(f"{segment.text!r}, {segment.start_ms - began_ms} ms after it was said")
    assert len(wanted & found) >= 0.7 * len(wanted), segment.text
    assert segment.start_ms == pytest.approx(began_ms, abs=NEAR_MS)
    assert segment.end_ms == pytest.approx(began_ms + pcm.ms_of(len(clip.audio)), abs=2 * NEAR_MS)


def words(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+", text.lower()))


async def test_the_words_of_two_people_are_written_down_and_shown_to_both(stack: Stack) -> None:
    held = await stack.open_call_of_people(transcribe=True)
    caller, callee = await stack.join(held), await stack.join(held, CALLEE)
    asked_ms, _ = await says(caller, QUESTION)
    await stack.control.wait_for("the question is written down", lambda: len(segments(stack, held)) == 1, 20)
    replied_ms, _ = await says(callee, REPLY)
    await stack.control.wait_for("the reply is written down", lambda: len(segments(stack, held)) == 2, 20)
    question, reply = segments(stack, held)
    assert (question.speaker, reply.speaker) == (CALLER, CALLEE)
    check(question, QUESTION, asked_ms)
    check(reply, REPLY, replied_ms)
    for phone in (caller, callee):
        await until("both see the captions", lambda phone=phone: len(final(phone)) == 2)  # type: ignore[misc]
        assert final(phone) == {(CALLER, question.segment_id, question.text), (CALLEE, reply.segment_id, reply.text)}


async def test_what_is_said_while_the_service_is_down_is_written_down_later(stack: Stack) -> None:
    held = await stack.open_call_of_people(transcribe=True)
    caller = await stack.join(held)
    await stack.realtime.fault({"kind": "down", "for_s": 6})
    asked_ms, _ = await says(caller, QUESTION)
    await until("it waits", lambda: waits(stack.worker, held))
    assert len(list((stack.worker.directory / "speech").glob("*/*.speech"))) == 1
    thanked_ms, _ = await says(caller, THANKS)
    await stack.close_room(held)
    await stack.control.wait_for("all is written down", lambda: len(segments(stack, held)) == 2, 25)
    question, thanks = sorted(segments(stack, held), key=lambda segment: segment.start_ms)
    check(question, QUESTION, asked_ms)
    check(thanks, THANKS, thanked_ms)
    await until("nothing is left", lambda: not list((stack.worker.directory / "speech").glob("*/*.speech")))


async def test_nothing_is_written_down_unless_it_was_asked_for_and_people_have_met(stack: Stack) -> None:
    silent = await stack.open_call_of_people()
    early = await stack.open_call_of_people(transcribe=True, is_early=True)
    other = await stack.open_call_of_people(transcribe=True)
    for held in (silent, early, other):
        phone = await stack.join(held)
        await says(phone, QUESTION)
    await stack.control.wait_for("the other one is written down", lambda: len(segments(stack, other)) == 1, 20)
    assert segments(stack, silent) == segments(stack, early) == []
    callee = await stack.join(early, CALLEE)
    replied_ms, _ = await says(callee, REPLY)
    await stack.control.wait_for("they have met", lambda: len(segments(stack, early)) == 1, 20)
    check(segments(stack, early)[0], REPLY, replied_ms)


async def test_a_killed_worker_leaves_speech_that_the_next_one_writes_down(own_worker: RunningWorker) -> None:
    own_worker.start()
    async with Stack(own_worker) as stack:
        held = await stack.open_call_of_people(transcribe=True)
        caller = await stack.join(held)
        await stack.realtime.fault({"kind": "down", "for_s": 4})
        asked_ms, _ = await says(caller, QUESTION)
        await until("it waits", lambda: waits(own_worker, held))
        own_worker.signal(signal.SIGKILL)
        await own_worker.exit_status()
        own_worker.start()
        await stack.control.wait_for("it is written down", lambda: len(segments(stack, held)) == 1, 40)
        check(segments(stack, held)[0], QUESTION, asked_ms)


def waits(worker: RunningWorker, held: HeldCall) -> bool:
    """The service was asked for speech of this call, and did not take it."""
    return any(held.call_id in line and "speech waits for its words" in line for line in worker.log.splitlines())


def final(phone: Phone) -> set[tuple[str, str, str]]:
    return {(one.speaker, one.segment_id, one.text) for one in phone.captions.all() if one.final}
