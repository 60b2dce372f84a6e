"""Every way in which a call ends, and that nobody and nothing is left behind."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from scripts.caller.clips import spoken
from shared.call_report import AgentGone, AgentJoined, CallEnded, GoneWhy, Turn
from shared.call_state import EndReason
from shared.worker_link import CommandKind, HeldCall
from tests.integration.worker.stack import CALLER, Stack, until
from tests.support.until import patient


async def _until_forgotten(stack: Stack, held: HeldCall, limit_s: float) -> None:
    """The worker holds the call no more, and its agent is not in the room."""
    await stack.control.wait_for(
        "the call is held no more", lambda: held not in stack.control.heartbeats[-1].calls, limit_s
    )
    agent = stack.control.calls[held].agent_identity
    deadline_s = time.monotonic() + patient(limit_s)
    while agent in await stack.people_in(held):
        assert time.monotonic() < deadline_s, "the agent is still in the room"
        await asyncio.sleep(0.05)


async def test_a_caller_who_hangs_up_leaves_nothing_behind(stack: Stack) -> None:
    held, phone = await stack.begin_call()
    await phone.hang_up()
    async with asyncio.timeout(patient(3)):
        ended = await stack.control.wait_for_report(held.call_id, CallEnded)
        await _until_forgotten(stack, held, 3)
    assert ended.reason is EndReason.CALLER_HUNG_UP
    assert [s["open"] for s in (await stack.realtime.stats())["sessions"]].count(True) == 0


async def test_a_caller_who_is_lost_has_the_grace_to_come_back(stack: Stack) -> None:
    held, _ = await stack.begin_call(reconnect_grace_s=2)
    await stack.remove_from_room(held, CALLER)
    ended = await stack.control.wait_for_report(held.call_id, CallEnded)
    assert ended.reason is EndReason.CALLER_LOST


async def test_a_caller_who_comes_back_goes_on(stack: Stack) -> None:
    held, _ = await stack.begin_call(reconnect_grace_s=10)
    await stack.remove_from_room(held, CALLER)
    phone = await stack.join(held)
    await until("the agent's track is there again", phone.agent_here.is_set)
    await phone.microphone.say(spoken("Where is my order?")).ended_s
    await stack.control.wait_for_report(held.call_id, Turn, limit_s=20)
    assert stack.control.events(held.call_id, CallEnded) == []
    await phone.hang_up()
    ended = await stack.control.wait_for_report(held.call_id, CallEnded)
    assert ended.reason is EndReason.CALLER_HUNG_UP


async def test_the_api_ends_a_call(stack: Stack) -> None:
    held, phone = await stack.begin_call()
    command = await stack.control.command(CommandKind.END, held)
    async with asyncio.timeout(patient(1.5)):
        await stack.control.wait_for("the command is understood", lambda: command in stack.control.acks)
        await _until_forgotten(stack, held, 1.5)
    assert stack.control.events(held.call_id, CallEnded) == []
    assert phone.told_reason is None


async def test_the_api_takes_the_agent_out_of_a_call_that_goes_on(stack: Stack) -> None:
    held, phone = await stack.begin_call()
    await stack.control.command(CommandKind.REMOVE_AGENT, held)
    gone = await stack.control.wait_for_report(held.call_id, AgentGone)
    assert gone.why is GoneWhy.REMOVED
    await _until_forgotten(stack, held, 2)
    assert await stack.people_in(held) == [CALLER]
    assert phone.told_reason is None


async def test_a_room_that_is_closed_ends_the_job_without_a_reason_of_its_own(stack: Stack) -> None:
    held, _ = await stack.begin_call()
    await stack.close_room(held)
    await stack.control.wait_for("the call is held no more", lambda: held not in stack.control.heartbeats[-1].calls)
    assert stack.control.events(held.call_id, CallEnded) == []


async def test_the_longest_call(stack: Stack) -> None:
    held, phone = await stack.begin_call(max_duration_s=2)
    ended = await stack.control.wait_for_report(held.call_id, CallEnded)
    assert ended.reason is EndReason.MAX_DURATION
    await until("the room is told", lambda: phone.told_reason is not None, limit_s=3)
    assert phone.told_reason == "max_duration"


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"kind": "refuse", "at_connect": True, "status": 401}, EndReason.PROVIDER_AUTH),
        (
            {"kind": "refuse", "at_connect": True, "status": 429, "code": "insufficient_quota"},
            EndReason.PROVIDER_QUOTA,
        ),
        ({"kind": "refuse", "at_connect": True, "status": 404}, EndReason.PROVIDER_DOWN),
    ],
    ids=["bad key", "no quota", "no such model"],
)
async def test_a_model_that_refuses(stack: Stack, fault: dict[str, Any], reason: EndReason) -> None:
    await stack.realtime.play({"turns": [{"says": "Hello."}], "faults": [fault]})
    held = await stack.open_call()
    phone = await stack.join(held)
    ended = await stack.control.wait_for_report(held.call_id, CallEnded, limit_s=15)
    assert ended.reason is reason
    await until("the room is told", lambda: phone.told_reason is not None, limit_s=3)
    assert phone.told_reason == reason.value
    await _until_forgotten(stack, held, 3)


async def test_a_model_that_dies_and_does_not_come_back(stack: Stack) -> None:
    held, phone = await stack.begin_call()
    await _until_session_open(stack)
    await stack.realtime.fault({"kind": "down", "for_s": 45})
    ended = await stack.control.wait_for_report(held.call_id, CallEnded, limit_s=40)
    assert ended.reason is EndReason.PROVIDER_DOWN
    await until("the room is told", lambda: phone.told_reason is not None, limit_s=3)


async def test_a_call_that_another_worker_has_is_not_joined(stack: Stack) -> None:
    stack.control.claim_status = 409
    held = await stack.open_call()
    await stack.control.wait_for("it was asked for", lambda: bool(stack.control.claim_requests))
    phone = await stack.join(held)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1.5):
            await phone.agent_here.wait()
    assert stack.control.heartbeats[-1].calls == ()


async def test_a_burst_of_jobs_is_taken_whole(stack: Stack) -> None:
    calls = await asyncio.gather(*(stack.open_call() for _ in range(7)))
    for held in calls:
        await stack.control.wait_for_report(held.call_id, AgentJoined, limit_s=20)
    await stack.control.wait_for("it says so", lambda: len(stack.control.heartbeats[-1].calls) == 7)
    for held in calls:
        await stack.control.command(CommandKind.END, held)
    await stack.control.wait_for("all are over", lambda: stack.control.heartbeats[-1].calls == ())


async def _until_session_open(stack: Stack) -> None:
    deadline_s = time.monotonic() + 10
    while (await stack.realtime.stats())["connectionsOpen"] == 0:
        assert time.monotonic() < deadline_s, "no session was opened"
        await asyncio.sleep(0.05)
