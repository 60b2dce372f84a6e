from __future__ import annotations

from dataclasses import replace

import pytest

from control_api.records import Call, Instructions
from control_api.services.change_call import Change
from shared.agent_state import AgentState
from shared.call_state import FINAL_STATES, CallState, EndReason
from shared.errors import Errors, VoiceError
from shared.ids import CallId
from tests.support.calls import ADMIN, ANN, BOB, ROOM, T0, a_claimed_call, a_connected_call, a_stay
from tests.support.control_api_parts import Parts, parts


async def with_call(call: Call) -> Parts:
    p = parts()
    await p.store.write(lambda tx: tx.insert_call(call, Instructions()))
    return p


@pytest.mark.parametrize("asked", sorted(FINAL_STATES))
async def test_any_final_status_ends_the_call_as_it_was(asked: CallState) -> None:
    p = await with_call(a_connected_call())
    call = await p.services.changer.change(ANN, ROOM, Change(status=asked))
    await p.closed()
    assert (call.status, call.end_reason) == (CallState.COMPLETED, EndReason.ENDED_BY_API)


async def test_a_callee_who_says_missed_declines() -> None:
    p = await with_call(replace(a_claimed_call(), callee_id=BOB.user_id))
    call = await p.services.changer.change(BOB, ROOM, Change(status=CallState.MISSED))
    await p.closed()
    assert (call.status, call.end_reason) == (CallState.MISSED, EndReason.DECLINED)


@pytest.mark.parametrize("asked", [CallState.PENDING, CallState.RINGING, CallState.CONNECTED])
async def test_a_status_that_it_has_or_had_changes_nothing(asked: CallState) -> None:
    p = await with_call(a_connected_call())
    assert await p.services.changer.change(ANN, ROOM, Change(status=asked)) == a_connected_call()


async def test_a_status_that_is_not_true_yet_is_a_conflict() -> None:
    p = await with_call(a_claimed_call())
    with pytest.raises(VoiceError) as raised:
        await p.services.changer.change(ANN, ROOM, Change(status=CallState.CONNECTED, metadata={"a": 1}))
    assert (raised.value.kind, raised.value.details) == (Errors.STATE_CONFLICT, {"current": "ringing"})
    assert (await p.call(a_claimed_call().id)).metadata == {}, "nothing of a refused change is made"


async def test_metadata_is_replaced() -> None:
    p = await with_call(a_connected_call(metadata={"old": 1}))
    call = await p.services.changer.change(ANN, ROOM, Change(metadata={"new": [1, "é"]}))
    assert call.metadata == {"new": [1, "é"]}


@pytest.mark.parametrize("asked", ["active", "pending"])
async def test_an_agent_that_is_there_is_not_asked_for_again(asked: str) -> None:
    p = await with_call(a_connected_call())
    call = await p.services.changer.change(ANN, ROOM, Change(agent_status=asked))
    assert (call.agent_epoch, call.agent_state) == (1, AgentState.ACTIVE)
    assert p.gateway.requests == []


async def test_disconnected_removes_the_agent_and_the_call_goes_on() -> None:
    p = await with_call(a_connected_call())
    await p.store.write(lambda tx: tx.put_presence(a_stay()))
    await p.clock.advance(5)
    call = await p.services.changer.change(ANN, ROOM, Change(agent_status="disconnected", metadata={"a": 1}))
    await p.closed()
    assert (call.agent_state, call.status, call.metadata) == (
        AgentState.DISCONNECTED,
        CallState.CONNECTED,
        {"a": 1},
    )
    assert p.gateway.requests == ["remove_participant"]


async def test_pending_brings_an_agent_unless_the_rest_is_refused() -> None:
    p = await with_call(a_claimed_call(agent_state=None, ai_enabled=False, agent_epoch=0))
    with pytest.raises(VoiceError):
        await p.services.changer.change(ANN, ROOM, Change(agent_status="pending", status=CallState.CONNECTED))
    assert p.gateway.requests == []
    call = await p.services.changer.change(ANN, ROOM, Change(agent_status="pending"))
    assert (call.agent_epoch, call.agent_state) == (1, AgentState.PENDING)
    assert p.gateway.requests == ["dispatch"]


async def test_an_agent_that_is_not_active_yet_is_a_conflict() -> None:
    p = await with_call(a_claimed_call())
    with pytest.raises(VoiceError) as raised:
        await p.services.changer.change(ANN, ROOM, Change(agent_status="active"))
    assert raised.value.details == {"current": "pending"}


async def test_only_people_of_the_call_and_admins_may_end_it() -> None:
    p = await with_call(a_connected_call())
    with pytest.raises(VoiceError) as raised:
        await p.services.changer.end(BOB, ROOM)
    assert raised.value.kind is Errors.FORBIDDEN
    with pytest.raises(VoiceError) as raised:
        await p.services.changer.end(BOB, type(ROOM)("elsewhere"))
    assert raised.value.kind is Errors.NOT_FOUND
    assert (await p.services.changer.end(ADMIN, ROOM)).is_final
    await p.closed()


async def test_ending_again_means_ones_own_call_even_when_somebody_uses_the_name_now() -> None:
    p = await with_call(a_connected_call())
    mine = await p.services.changer.end(ANN, ROOM)
    await p.closed()
    other = a_connected_call(id=CallId("other"), caller_id=BOB.user_id, created_at_ms=T0 + 10_000)
    await p.store.write(lambda tx: tx.insert_call(other, Instructions()))
    again = await p.services.changer.end(ANN, ROOM)
    assert (again.id, again.ended_at_ms) == (mine.id, mine.ended_at_ms)
    assert not (await p.call(other.id)).is_final
