from __future__ import annotations

import asyncio

import pytest

from control_api.limits import Limits
from control_api.ports import LiveKitRefused
from control_api.services.change_call import Change
from control_api.wiring import build_services
from shared.agent_state import AgentState
from shared.call_spec import CallSpec
from shared.call_state import CallState
from shared.errors import ErrorKind, Errors, VoiceError
from shared.ids import AGENT_NAME, is_made_room_name
from shared.worker_link import CommandKind, Heartbeat
from tests.support.calls import ANN, BOB, ROOM
from tests.support.control_api_parts import Parts, a_hello, an_open_request, parts


def kind_of(raised: pytest.ExceptionInfo[VoiceError]) -> ErrorKind:
    return raised.value.kind


async def test_an_opened_call_has_a_row_a_room_an_agent_on_its_way_and_a_token() -> None:
    p = parts()
    opened = await p.services.opener.open(ANN, an_open_request())
    call = await p.call(opened.call.id)
    assert (call.status, call.agent_state, call.agent_dispatches) == (CallState.RINGING, AgentState.PENDING, 1)
    assert opened.token == f"person user-1 {call.media_room} 60"
    assert opened.token_expires_ms == p.clock.now_ms() + 60_000
    room = p.gateway.rooms[call.media_room]
    assert (room.empty_timeout_s > 60, room.departure_timeout_s > 30) == (True, True)
    assert room.dispatches == [(AGENT_NAME, CallSpec(call.id, ROOM, 1).to_metadata())]
    assert "kind" not in room.dispatches[0][1], "participants can read a dispatch: no prompt in it"


async def test_a_worker_that_has_room_is_asked_and_livekit_dispatches_nobody() -> None:
    p = parts()
    workers = p.services.workers
    workers.heard(workers.connected(a_hello(takes_offers=True)), Heartbeat(1, ()))
    call = (await p.services.opener.open(ANN, an_open_request())).call
    (asked,) = p.commands()
    assert (asked.kind, asked.call_id, asked.epoch) == (CommandKind.TAKE_CALL, call.id, 1)
    assert p.gateway.rooms[call.media_room].dispatches == []
    assert (await p.call(call.id)).agent_dispatches == 1


async def test_a_call_that_the_worker_did_not_take_is_dispatched() -> None:
    p = parts()
    workers = p.services.workers
    workers.heard(workers.connected(a_hello(takes_offers=True)), Heartbeat(1, ()))
    call = await p.opened()
    await p.tick(Limits().dispatch_retry_s)
    assert p.gateway.rooms[call.media_room].dispatches == [(AGENT_NAME, CallSpec(call.id, ROOM, 1).to_metadata())]


async def test_without_a_name_the_room_gets_one_that_cannot_be_guessed() -> None:
    call = await parts().opened(room_name=None)
    assert is_made_room_name(call.room_name)


async def test_a_call_without_ai_dispatches_nobody() -> None:
    p = parts()
    call = await p.opened(ai_enabled=False)
    assert (call.agent_state, call.agent_identity) == (None, None)
    assert p.gateway.rooms[call.media_room].dispatches == []


async def test_a_room_with_an_open_call_is_taken() -> None:
    p = parts()
    await p.opened()
    with pytest.raises(VoiceError) as raised:
        await p.services.opener.open(BOB, an_open_request())
    assert kind_of(raised) is Errors.ROOM_TAKEN
    assert len(p.store.state.calls) == 1
    assert len(p.gateway.rooms) == 1


async def test_a_user_has_a_limit_of_open_calls() -> None:
    p = parts(Limits(max_open_calls_per_user=2))
    for _ in range(2):
        await p.opened(room_name=None)
    with pytest.raises(VoiceError) as raised:
        await p.opened(room_name=None)
    assert kind_of(raised) is Errors.TOO_MANY_CALLS


async def test_slots_count_once_a_worker_has_said_how_many_it_has() -> None:
    p = parts(Limits(max_open_calls_per_user=9))
    await p.opened(room_name=None)
    link = p.services.workers.connected(a_hello())
    await p.opened(room_name=None)
    p.services.workers.heard(link, Heartbeat(2, ()))
    with pytest.raises(VoiceError) as raised:  # both slots will be needed by calls that nobody has claimed yet
        await p.opened(room_name=None)
    assert kind_of(raised) is Errors.NO_FREE_SLOT
    assert (await p.opened(room_name=None, ai_enabled=False)).status is CallState.RINGING
    p.services.workers.heard(link, Heartbeat(3, ()))
    assert (await p.opened(room_name=None)).status is CallState.RINGING


async def nothing_is_left(p: Parts) -> None:
    assert p.store.state.calls == {}
    p.gateway.down = False
    await p.clock.advance(30)
    await p.closed()
    assert p.gateway.rooms == {}


@pytest.mark.parametrize("fails", ["create_room", "dispatch"])
async def test_a_media_server_that_fails_leaves_nothing_half_made(fails: str) -> None:
    p = parts()
    p.gateway.fail_next[fails] = 1
    with pytest.raises(VoiceError) as raised:
        await p.opened()
    assert kind_of(raised) is Errors.LIVEKIT_UNREACHABLE
    await nothing_is_left(p)


async def test_a_media_server_that_is_down_when_the_room_must_be_removed_is_asked_again() -> None:
    p = parts()
    p.gateway.fail_next = {"dispatch": 1, "delete_room": 2}
    with pytest.raises(VoiceError):
        await p.opened()
    assert len(p.gateway.rooms) == 1
    await nothing_is_left(p)


async def test_a_media_server_that_never_answers_costs_a_few_seconds_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("control_api.services.open_call.OPEN_WITHIN_S", 0.02)
    p = parts()
    p.gateway.hang = asyncio.Event()
    with pytest.raises(VoiceError) as raised:
        await p.opened()
    assert kind_of(raised) is Errors.LIVEKIT_UNREACHABLE
    p.gateway.hang.set()
    await nothing_is_left(p)


async def test_a_request_that_is_cancelled_leaves_nothing_half_made() -> None:
    p = parts()
    p.gateway.hang = asyncio.Event()
    opening = asyncio.create_task(p.opened())
    await p.clock.advance(0)
    opening.cancel()
    p.gateway.hang.set()
    with pytest.raises(asyncio.CancelledError):
        await opening
    await nothing_is_left(p)


async def test_a_media_server_that_refuses_us_is_an_outage_for_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    p = parts()

    async def refuse(*_: object, **__: object) -> None:
        raise LiveKitRefused("unauthenticated")

    monkeypatch.setattr(p.gateway, "create_room", refuse)
    with pytest.raises(VoiceError) as raised:
        await p.opened()
    assert kind_of(raised) is Errors.LIVEKIT_UNREACHABLE
    await nothing_is_left(p)


async def test_a_call_that_is_ended_while_it_is_opened_stays_ended() -> None:
    p = parts()
    p.gateway.hang = asyncio.Event()
    opening = asyncio.create_task(p.opened())
    await p.clock.advance(0)
    ended = await p.services.changer.change(ANN, ROOM, Change(status=CallState.COMPLETED))
    p.gateway.hang.set()
    with pytest.raises(VoiceError) as raised:
        await opening
    assert kind_of(raised) is Errors.STATE_CONFLICT
    await p.closed()
    await p.clock.advance(10)
    assert (await p.call(ended.id)).is_final
    assert p.gateway.rooms == {}


async def test_a_name_that_is_used_again_gets_a_room_of_its_own() -> None:
    p = parts()
    first = await p.opened()
    p.gateway.fail_next = {"delete_room": 1}  # the first closing fails: its people are still in there
    await p.services.changer.end(ANN, ROOM)
    await p.closed()
    second = await p.opened()
    assert set(p.gateway.rooms) == {first.media_room, second.media_room}
    for _ in range(5):
        await p.tick()
    await p.closed()
    assert (await p.call(first.id)).room_closed
    assert set(p.gateway.rooms) == {second.media_room}, "clearing away the first must not close the second's room"
    assert (await p.call(second.id)).status is CallState.RINGING


async def test_without_a_media_server_calls_are_not_configured() -> None:
    p = parts()
    services, _ = build_services(p.store, None, Limits(), p.clock)
    with pytest.raises(VoiceError) as raised:
        await services.opener.open(ANN, an_open_request())
    assert kind_of(raised) is Errors.LIVEKIT_NOT_CONFIGURED
    assert p.store.state.calls == {}
