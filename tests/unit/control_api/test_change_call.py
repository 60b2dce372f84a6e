from __future__ import annotations

from dataclasses import replace

import pytest

from control_api.records import Call, Instructions
from control_api.services.change_call import Change
from shared.call_state import FINAL_STATES, CallState, EndReason
from shared.errors import Errors, VoiceError
from shared.ids import CallId
from tests.support.calls import ADMIN, ANN, BOB, ROOM, T0, a_claimed_call, a_connected_call
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


@pytest.mark.parametrize(
    ("asked", "kind"),
    [("active", None), ("pending", Errors.NOT_IMPLEMENTED), ("disconnected", Errors.NOT_IMPLEMENTED)],
)
async def test_an_agent_status_is_only_confirmed(asked: str, kind: object) -> None:
    p = await with_call(a_connected_call())
    if kind is None:
        await p.services.changer.change(ANN, ROOM, Change(agent_status=asked))
        return
    with pytest.raises(VoiceError) as raised:
        await p.services.changer.change(ANN, ROOM, Change(agent_status=asked))
    assert raised.value.kind is kind


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
