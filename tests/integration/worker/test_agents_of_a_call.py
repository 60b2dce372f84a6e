"""An agent that is exchanged in a running call: its model, or the agent itself."""

from __future__ import annotations

from typing import Any

from scripts.caller.clips import spoken
from scripts.caller.phone import Phone
from shared.call_report import AgentGone, AgentJoined, CallEnded, GoneWhy, Turn
from shared.call_state import EndReason
from shared.worker_link import CommandKind, HeldCall
from tests.integration.worker.conftest import ANSWER
from tests.integration.worker.stack import CALLER, Stack, until
from tests.support.until import until as until_so

QUESTION = spoken("Where is my order, please?")
OTHER_MODEL = "gpt-realtime-2"


async def test_another_model_goes_on_with_the_talk(stack: Stack) -> None:
    held, phone = await stack.begin_call()
    await _ask(stack, held, phone, 1)
    command = await stack.control.command(CommandKind.SET_MODEL, held, model=OTHER_MODEL)
    await stack.control.wait_for("the command is understood", lambda: command in stack.control.acks)
    await stack.control.wait_for("the other model runs", lambda: _model(stack, held) == OTHER_MODEL)
    await _ask(stack, held, phone, 2)

    old, new = (await stack.realtime.stats())["sessions"][-2:]
    assert (old["model"], old["open"]) == ("gpt-realtime-2.1", False)
    assert (new["model"], new["open"]) == (OTHER_MODEL, True)
    assert [_words(item) for item in new["items"] if item.get("fromClient")] == [
        ("user", "Where is my order?"),
        ("assistant", ANSWER),
    ]
    assert stack.control.events(held.call_id, CallEnded) == []


async def test_nobody_is_cut_off_by_it(stack: Stack) -> None:
    held, phone = await stack.begin_call()
    ended_s = await phone.microphone.say(QUESTION).ended_s
    await until("the answer is heard", lambda: phone.hearing.first_sound_after(ended_s) is not None)
    await stack.control.command(CommandKind.SET_MODEL, held, model=OTHER_MODEL)
    await stack.control.wait_for("the other model runs", lambda: _model(stack, held) == OTHER_MODEL, limit_s=20)
    (turn,) = stack.control.events(held.call_id, Turn)
    assert not turn.interrupted


async def test_a_model_that_refuses_leaves_the_call_as_it_was(stack: Stack) -> None:
    held, phone = await stack.begin_call()
    await _ask(stack, held, phone, 1)
    refusal = {"kind": "refuse", "at_connect": True, "status": 404, "match": {"model": "no-such-model"}}
    await stack.realtime.play({"turns": [{"hears": "And now?", "says": ANSWER}], "faults": [refusal]})
    refused = (await stack.realtime.stats())["handshakesRefused"]
    await stack.control.command(CommandKind.SET_MODEL, held, model="no-such-model")
    await until_so(lambda: _refused_more_than(stack, refused), "the model is asked for and refuses")
    await _ask(stack, held, phone, 2)
    assert _model(stack, held) == "gpt-realtime-2.1"


async def test_after_its_agent_was_removed_a_call_can_have_another(stack: Stack) -> None:
    held, phone = await stack.begin_call()
    await _ask(stack, held, phone, 1)
    await stack.control.command(CommandKind.REMOVE_AGENT, held)
    gone = await stack.control.wait_for_report(held.call_id, AgentGone)
    assert gone.why is GoneWhy.REMOVED
    await until_so(lambda: _alone(stack, held), "the agent is out of the room", limit_s=3)

    again = await stack.another_agent(held)
    await stack.control.wait_for(
        "another agent has joined", lambda: len(stack.control.events(held.call_id, AgentJoined)) == 2
    )
    await stack.control.wait_for("a heartbeat names it", lambda: again in stack.control.heartbeats[-1].calls)
    await _ask(stack, again, phone, 2)
    assert (stack.control.events(held.call_id, CallEnded), phone.told_reason) == ([], None)


async def test_a_call_that_the_worker_was_asked_to_take_is_like_any_other(stack: Stack) -> None:
    held, phone = await stack.begin_call(by_offer=True)
    await _ask(stack, held, phone, 1)
    await stack.control.wait_for("a heartbeat names it", lambda: held in stack.control.heartbeats[-1].calls)
    await phone.hang_up()
    ended = await stack.control.wait_for_report(held.call_id, CallEnded)
    assert ended.reason is EndReason.CALLER_HUNG_UP
    await stack.control.wait_for("it is held no more", lambda: held not in stack.control.heartbeats[-1].calls)


async def _ask(stack: Stack, held: HeldCall, phone: Phone, number: int) -> None:
    """Ask, hear the answer to its end."""
    ended_s = await phone.microphone.say(QUESTION).ended_s
    await until("the answer is heard", lambda: phone.hearing.first_sound_after(ended_s) is not None)
    await stack.control.wait_for(
        "it is answered", lambda: len(stack.control.events(held.call_id, Turn)) == number, limit_s=15
    )


async def _refused_more_than(stack: Stack, number: int) -> bool:
    return int((await stack.realtime.stats())["handshakesRefused"]) > number


async def _alone(stack: Stack, held: HeldCall) -> bool:
    return await stack.people_in(held) == [CALLER]


def _model(stack: Stack, held: HeldCall) -> str:
    return next(call.model for call in stack.control.heartbeats[-1].calls if call == held)


def _words(item: dict[str, Any]) -> tuple[str, str]:
    return item["role"], item["text"]
