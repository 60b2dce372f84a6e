"""A person talks with the model through a real LiveKit server and the real worker."""

from __future__ import annotations

from scripts.caller.clips import spoken
from shared.call_report import AGENT_SPEAKER, AgentJoined, CallEnded, Segment, Turn, Usage
from shared.call_state import EndReason
from tests.integration.worker.conftest import ANSWER
from tests.integration.worker.stack import CALLER, Stack, until

QUESTION = spoken("Where is my order, please?")


async def test_a_question_is_answered_aloud_and_both_sides_are_told(stack: Stack) -> None:
    held = await stack.open_call()
    phone = await stack.join(held)
    await stack.control.wait_for_report(held.call_id, AgentJoined)
    await until("the agent's track is there", phone.agent_here.is_set)

    speech = phone.microphone.say(QUESTION)
    ended_s = await speech.ended_s
    await until("the answer is heard", lambda: phone.hearing.first_sound_after(ended_s) is not None)
    turn = await stack.control.wait_for_report(held.call_id, Turn, limit_s=15)
    assert not turn.interrupted
    assert turn.response_ms is not None
    assert turn.response_ms >= 500

    await phone.hang_up()
    ended = await stack.control.wait_for_report(held.call_id, CallEnded, limit_s=3)
    assert ended.reason is EndReason.CALLER_HUNG_UP
    segments = stack.control.events(held.call_id, Segment)
    assert {segment.speaker: segment.text for segment in segments} == {
        CALLER: "Where is my order?",
        AGENT_SPEAKER: ANSWER,
    }
    assert stack.control.events(held.call_id, Usage)
