"""A person talks with the model through a real LiveKit server and the real worker."""

from __future__ import annotations

import pytest

from scripts.caller.clips import spoken
from scripts.caller.phone import Phone
from shared import pcm
from shared.call_report import AGENT_SPEAKER, CallEnded, Happened, HappenedKind, Segment, Turn, Usage
from shared.call_state import EndReason
from shared.clock import SystemClock
from shared.worker_link import HeldCall
from tests.integration.worker.conftest import ANSWER
from tests.integration.worker.stack import CALLER, Stack, until
from worker.adapters.chat import ANSWERS
from worker.ports import LeftOut
from worker.recorder import PATH_MS

QUESTION = spoken("Where is my order, please?")
WAIT = spoken("Wait.")
LONG_ANSWER = ANSWER + " It was packed on Monday."

BUSY_MACHINE_S = 0.1


async def test_a_question_is_answered_aloud_and_both_sides_are_told(stack: Stack) -> None:
    held, phone = await stack.begin_call()
    ended_s = await phone.microphone.say(QUESTION).ended_s
    await until("the answer is heard", lambda: phone.hearing.first_sound_after(ended_s) is not None)
    turn = await stack.control.wait_for_report(held.call_id, Turn, limit_s=15)
    assert not turn.interrupted
    assert turn.response_ms is not None
    assert turn.response_ms >= 500

    await phone.hang_up()
    ended = await stack.control.wait_for_report(held.call_id, CallEnded, limit_s=3)
    assert ended.reason is EndReason.CALLER_HUNG_UP
    segments = {segment.speaker: segment for segment in stack.control.events(held.call_id, Segment)}
    caller, agent = segments[CALLER], segments[AGENT_SPEAKER]
    assert (caller.text, agent.text) == ("Where is my order?", ANSWER)
    # The words are where they were spoken, to within the way through the network and the detector's frames.
    spoken_until_ms = SystemClock().now_ms() - (SystemClock().monotonic_s() - ended_s) * 1000
    assert caller.end_ms == pytest.approx(spoken_until_ms, abs=200)
    assert caller.end_ms - caller.start_ms == pytest.approx(pcm.ms_of(len(QUESTION.audio)), abs=400)
    # Both are told as people are heard and hear, a way through the network before and after the worker.
    assert agent.start_ms == caller.end_ms + turn.response_ms + 2 * PATH_MS
    assert agent.end_ms == agent.start_ms + turn.played_ms
    assert stack.control.events(held.call_id, Usage)
    counted = await stack.worker.metrics()
    assert counted["voice_worker_response_seconds_count"] >= 1
    assert counted['voice_worker_model_seconds_count{model="gpt-realtime-2.1"}'] >= 1
    assert counted['voice_worker_tokens_total{kind="audio_out",model="gpt-realtime-2.1"}'] > 0
    assert counted["voice_worker_event_loop_lag_seconds_count"] > 10


async def test_captions_of_both_sides_arrive_as_livekits_clients_expect_them(stack: Stack) -> None:
    held, phone = await stack.begin_call()
    await phone.microphone.say(QUESTION).ended_s
    await stack.control.wait_for_report(held.call_id, Turn, limit_s=15)
    await until("both captions are final", lambda: len([c for c in phone.captions.all() if c.final]) >= 2)
    texts = {caption.speaker: caption.text for caption in phone.captions.all()}
    assert texts == {CALLER: "Where is my order?", phone.agent_identity: ANSWER}


async def test_what_is_written_in_the_chat_is_answered_aloud_and_in_the_transcript(stack: Stack) -> None:
    held, phone = await stack.begin_call()
    wrote_s = phone.clock.monotonic_s()
    await phone.write("My cat is called Tom.")
    await until("the answer is heard", lambda: phone.hearing.first_sound_after(wrote_s) is not None)
    await stack.control.wait_for_report(held.call_id, Turn, limit_s=15)
    mine, answer = stack.control.events(held.call_id, Segment)
    assert (mine.speaker, mine.text, answer.speaker) == (CALLER, "My cat is called Tom.", AGENT_SPEAKER)
    assert answer.text == ANSWER
    await until("both captions are final", lambda: len([c for c in phone.captions.all() if c.final]) >= 2)
    texts = {caption.speaker: caption.text for caption in phone.captions.all()}
    assert texts == {CALLER: mine.text, phone.agent_identity: answer.text}

    assert phone.chat == []
    await phone.write("word " * 1_000)
    await until("it is told that this is too long", lambda: phone.chat == [ANSWERS[LeftOut.TOO_LONG]])
    left_out = Happened(HappenedKind.MESSAGE_LEFT_OUT, "too_long")
    await until("the record has it", lambda: left_out in stack.control.events(held.call_id, Happened))


async def test_the_greeting_comes_as_soon_as_the_caller_can_hear_it(stack: Stack) -> None:
    held, phone = await stack.begin_call(greeting="Hello. How can I help you?")
    assert phone.agent_heard_s is not None
    joined_s = phone.agent_heard_s
    await until("the greeting is heard", lambda: phone.hearing.first_sound_after(0) is not None)
    first_s = phone.hearing.first_sound_after(0)
    assert first_s is not None
    assert first_s - joined_s < 1.0
    turn = await stack.control.wait_for_report(held.call_id, Turn)
    assert turn.response_ms is None


async def test_barge_in_is_silence_at_the_caller(stack: Stack) -> None:
    turns = [{"hears": "Where is my order?", "says": LONG_ANSWER}, {"hears": "Wait.", "says": "Yes?"}]
    await stack.realtime.play({"turns": turns, "then": "cycle"})
    held, phone = await stack.begin_call()
    delays_s = [await _barge_in(stack, held, phone, number) for number in range(1, 4)]
    # From the caller's first sound: the way to the model, its detector and the way back are in it. 130-150 ms where
    # nothing else runs; what other work on the machine adds is no matter of the worker's.
    assert min(delays_s) < 0.2 + BUSY_MACHINE_S, delays_s
    assert max(delays_s) < 1.0, delays_s


async def _barge_in(stack: Stack, held: HeldCall, phone: Phone, number: int) -> float:
    """Ask, listen for a while, interrupt; how long it took until it was silent."""
    now_s = phone.clock.monotonic_s
    ended_s = await phone.microphone.say(QUESTION).ended_s
    await until("the answer is heard", lambda: phone.hearing.first_sound_after(ended_s) is not None)
    answer_s = phone.hearing.first_sound_after(ended_s) or 0.0
    await until("the answer has gone on for a while", lambda: now_s() - answer_s > 1.5)
    began_s = await phone.microphone.say(WAIT).began_s
    # What is heard may break off for a moment on a busy machine: that is no interruption.
    await stack.control.wait_for("it is interrupted", lambda: len(_interrupted(stack, held)) == number)
    await until("it is silent", lambda: phone.hearing.quiet_from(began_s, now_s(), 0.3) is not None)
    quiet_s = phone.hearing.quiet_from(began_s, now_s(), 0.3)
    assert quiet_s is not None

    interrupted = _interrupted(stack, held)
    assert interrupted[-1].played_ms == pytest.approx((quiet_s - answer_s) * 1000, abs=200)
    session = await stack.session()
    assert [cut["audioEndMs"] for cut in session["truncations"]] == [turn.played_ms for turn in interrupted]
    said = [s for s in stack.control.events(held.call_id, Segment) if s.speaker == AGENT_SPEAKER][-1]
    assert LONG_ANSWER.startswith(said.text)
    assert 0 < len(said.text) < len(LONG_ANSWER)
    # The answer to the interruption itself.
    await stack.control.wait_for("the turn is over", lambda: _whole_turns(stack, held) >= number, limit_s=30)
    return quiet_s - began_s


def _interrupted(stack: Stack, held: HeldCall) -> list[Turn]:
    return [turn for turn in stack.control.events(held.call_id, Turn) if turn.interrupted]


def _whole_turns(stack: Stack, held: HeldCall) -> int:
    return len([turn for turn in stack.control.events(held.call_id, Turn) if not turn.interrupted])


async def test_the_agent_hangs_up_after_its_goodbye(stack: Stack) -> None:
    await stack.realtime.play(
        {"turns": [{"hears": "Goodbye.", "says": "Goodbye, and thank you.", "calls": [{"name": "end_call"}]}]}
    )
    held, phone = await stack.begin_call()
    await phone.microphone.say(spoken("Goodbye.")).ended_s
    ended = await stack.control.wait_for_report(held.call_id, CallEnded, limit_s=15)
    assert ended.reason is EndReason.AGENT_HUNG_UP
    (turn,) = stack.control.events(held.call_id, Turn)
    assert not turn.interrupted
    await until("the room is told", lambda: phone.told_reason is not None, limit_s=2)
    assert phone.told_reason == "agent_hung_up"
