"""Two people and the agent in one real room: it hears both, both hear it, and whoever speaks is named."""

from __future__ import annotations

import pytest

from scripts.caller.clips import spoken
from scripts.caller.phone import Phone
from shared.call_report import AGENT_SPEAKER, AgentGone, CallEnded, GoneWhy, Segment, Turn
from shared.call_state import EndReason
from shared.ids import Identity
from shared.worker_link import HeldCall
from tests.integration.worker.conftest import ANSWER
from tests.integration.worker.stack import CALLEE, CALLER, Stack, until
from tests.support.until import until as until_so

QUESTION = spoken("Where is my order, please?")
WAIT = spoken("Wait.")
LONG_ANSWER = ANSWER + " It was packed on Monday."


async def test_each_in_turn_is_answered_for_both_to_hear_and_named(stack: Stack) -> None:
    held, caller, callee = await stack.begin_call_of_two("user-to-user")
    for number, asks in enumerate((caller, callee), start=1):
        ended_s = await asks.microphone.say(QUESTION).ended_s
        for phone in (caller, callee):
            await _until_heard(phone, ended_s)
        await stack.control.wait_for("it is answered", lambda: len(_turns(stack, held)) == number, limit_s=15)  # noqa: B023
    assert not any(turn.interrupted for turn in _turns(stack, held))
    said = [segment.speaker for segment in stack.control.events(held.call_id, Segment)]
    assert [who for who in said if who != AGENT_SPEAKER] == [CALLER, CALLEE]
    for phone in (caller, callee):
        await until("the captions name both", lambda: {CALLER, CALLEE} <= _captioned(phone))  # noqa: B023

    # The model was sent the time that passed, and not one stream after the other.
    session = await stack.session()
    assert session["audioReceivedMs"] <= session["seconds"] * 1000 * 1.05 + 200


async def test_either_may_barge_in(stack: Stack) -> None:
    await stack.realtime.play({"turns": [{"hears": "Where is my order?", "says": LONG_ANSWER}]})
    held, caller, callee = await stack.begin_call_of_two("user-to-user")
    for number, (asks, interrupts) in enumerate([(caller, callee), (callee, caller)], start=1):
        ended_s = await asks.microphone.say(QUESTION).ended_s
        answer_s = await _until_heard(interrupts, ended_s)
        await until("it goes on", lambda: caller.clock.monotonic_s() - answer_s > 1.0)  # noqa: B023
        began_s = await interrupts.microphone.say(WAIT).began_s
        await stack.control.wait_for(
            "it is interrupted",
            lambda: sum(turn.interrupted for turn in _turns(stack, held)) == number,  # noqa: B023
        )
        for phone in (caller, callee):
            await _until_quiet(phone, began_s)
        # The answer to the interruption itself.
        await stack.control.wait_for(
            "it is answered",
            lambda: sum(not turn.interrupted for turn in _turns(stack, held)) == number,  # noqa: B023
            limit_s=30,
        )


@pytest.mark.parametrize(("who", "reason"), [(CALLER, EndReason.CALLER_HUNG_UP), (CALLEE, EndReason.CALLEE_HUNG_UP)])
async def test_of_two_people_either_ends_it(stack: Stack, who: Identity, reason: EndReason) -> None:
    held, caller, callee = await stack.begin_call_of_two("user-to-user")
    await (caller if who == CALLER else callee).hang_up()
    ended = await stack.control.wait_for_report(held.call_id, CallEnded, limit_s=3)
    assert ended.reason is reason
    other = callee if who == CALLER else caller
    await until("the other one is told", lambda: other.told_reason is not None, limit_s=3)
    assert other.told_reason == reason.value


async def test_a_callee_who_is_lost_has_the_grace_to_come_back(stack: Stack) -> None:
    held, _, _ = await stack.begin_call_of_two("user-to-user", reconnect_grace_s=2)
    await stack.remove_from_room(held, CALLEE)
    ended = await stack.control.wait_for_report(held.call_id, CallEnded)
    assert ended.reason is EndReason.CALLEE_LOST


async def test_the_last_one_out_ends_a_conference(stack: Stack) -> None:
    held, caller, callee = await stack.begin_call_of_two("conference")
    await caller.hang_up()
    ended_s = await callee.microphone.say(QUESTION).ended_s
    await _until_heard(callee, ended_s)
    await stack.control.wait_for_report(held.call_id, Turn, limit_s=15)
    assert stack.control.events(held.call_id, CallEnded) == []
    await callee.hang_up()
    ended = await stack.control.wait_for_report(held.call_id, CallEnded, limit_s=3)
    assert ended.reason is EndReason.EVERYONE_LEFT


async def test_an_agent_that_takes_its_leave_leaves_the_people_together(stack: Stack) -> None:
    await stack.realtime.play(
        {"turns": [{"hears": "Goodbye.", "says": "Goodbye, and thank you.", "calls": [{"name": "end_call"}]}]}
    )
    held, caller, callee = await stack.begin_call_of_two("conference")
    await callee.microphone.say(spoken("Goodbye.")).ended_s
    gone = await stack.control.wait_for_report(held.call_id, AgentGone, limit_s=15)
    assert gone.why is GoneWhy.HUNG_UP
    await stack.control.wait_for("it is held no more", lambda: held not in stack.control.heartbeats[-1].calls)
    await until_so(lambda: _among_themselves(stack, held), "the agent is out of the room", limit_s=3)
    assert (caller.told_reason, callee.told_reason) == (None, None)


async def _among_themselves(stack: Stack, held: HeldCall) -> bool:
    return set(await stack.people_in(held)) == {CALLER, CALLEE}


def _turns(stack: Stack, held: HeldCall) -> list[Turn]:
    return stack.control.events(held.call_id, Turn)


def _captioned(phone: Phone) -> set[str]:
    return {caption.speaker for caption in phone.captions.all() if caption.final}


async def _until_heard(phone: Phone, after_s: float) -> float:
    await until("the answer is heard", lambda: phone.hearing.first_sound_after(after_s) is not None)
    return phone.hearing.first_sound_after(after_s) or 0.0


async def _until_quiet(phone: Phone, from_s: float) -> None:
    def quiet() -> bool:
        return phone.hearing.quiet_from(from_s, phone.clock.monotonic_s(), 0.3) is not None

    await until("it is silent", quiet, limit_s=5)
    quiet_s = phone.hearing.quiet_from(from_s, phone.clock.monotonic_s(), 0.3)
    assert quiet_s is not None
    assert quiet_s - from_s < 1.0
