"""The loop over fakes: calls that nobody tells the truth about become true."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from control_api.records import Call, InboxEvent
from control_api.upkeep.loop import AT_ONCE, LIST_IDLE_S
from control_api.upkeep.media import STRAY_S
from control_api.webhook_events import sanitise
from shared.call_state import CallState, EndReason
from shared.ids import CallId, MediaRoom
from shared.worker_link import CommandKind, Heartbeat, HeldCall
from tests.support.calls import ANN, ROOM
from tests.support.control_api_parts import Parts, a_hello, parts


async def a_running_call(p: Parts) -> Call:
    """Claimed and in the room, the caller too; LiveKit's webhooks are all lost."""
    call = await p.opened()
    await p.claimed(call)
    p.gateway.joins(call.media_room, ANN.user_id)
    p.gateway.joins(call.media_room, call.agent_identity or "")
    return call


async def beat(p: Parts, call: Call, seconds: int) -> None:
    """The worker is well for so long."""
    link = p.services.workers._links.get(a_hello().worker_id) or p.services.workers.connected(a_hello())
    for _ in range(seconds):
        p.services.workers.heard(link, Heartbeat(3, (HeldCall(call.id, 1, quiet_ms=2_000),)))
        await p.tick()


async def test_a_call_whose_webhooks_were_all_lost_is_connected_and_stays() -> None:
    p = parts()
    call = await a_running_call(p)
    await beat(p, call, 12)
    stored = await p.call(call.id)
    assert (stored.status, stored.caller_away_ms) == (CallState.CONNECTED, None)
    await beat(p, call, 60)
    assert (await p.call(call.id)).status is CallState.CONNECTED


async def test_a_caller_who_vanishes_is_noticed_without_webhooks() -> None:
    p = parts()
    call = await p.opened()
    await p.claimed(call)
    ann = p.gateway.joins(call.media_room, ANN.user_id)
    p.gateway.joins(call.media_room, call.agent_identity or "")
    await beat(p, call, 12)
    p.gateway.leaves(call.media_room, ann)
    await beat(p, call, 12)
    assert (await p.call(call.id)).caller_away_ms is not None
    await beat(p, call, 30)
    assert (await p.call(call.id)).end_reason is EndReason.CALLER_LOST


async def test_a_dispatch_is_repeated_and_then_given_up() -> None:
    p = parts()
    call = await p.opened()
    for _ in range(14):
        await p.tick()
    assert len(p.gateway.rooms[call.media_room].dispatches) == 5
    assert (await p.call(call.id)).agent_dispatches == 5
    await p.tick()
    ended = await p.call(call.id)
    assert (ended.status, ended.end_reason) == (CallState.FAILED, EndReason.NO_AGENT)
    assert p.gateway.rooms == {}


async def test_a_room_that_nobody_has_a_call_in_is_deleted_and_that_of_others_is_not() -> None:
    p = parts()
    call = await p.opened(room_name=None)
    others = MediaRoom("support-user-9-1700000000-0123456789abcdef")
    await p.gateway.create_room(others, empty_timeout_s=60, departure_timeout_s=60)
    await p.services.changer.end(ANN, call.room_name)
    await p.closed()
    await p.gateway.create_room(call.media_room, empty_timeout_s=60, departure_timeout_s=60)
    for _ in range(100):
        await p.tick()
    assert list(p.gateway.rooms) == [others]


async def test_many_rooms_of_nobody_go_by_what_one_listing_said() -> None:
    p = parts()
    names = []
    for _ in range(3 * AT_ONCE):
        call = await p.opened(room_name=None)
        await p.services.changer.end(ANN, call.room_name)
        names.append(call.media_room)
    await p.closed()
    for name in names:
        await p.gateway.create_room(name, empty_timeout_s=60, departure_timeout_s=60)
    for _ in range(int(LIST_IDLE_S) + STRAY_S + 4):
        await p.tick()
    assert p.gateway.rooms == {}


async def test_a_worker_in_doubt_is_decided_about_at_once() -> None:
    p = parts()
    call = await a_running_call(p)
    await beat(p, call, 12)
    running = asyncio.create_task(p.upkeep.run())
    await p.clock.advance(0.35)
    p.services.workers.closed(p.services.workers._links[a_hello().worker_id])
    for _ in range(12):
        await p.clock.advance(0.1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert (await p.call(call.id)).agent_epoch == 2


async def test_who_is_in_a_hurry_is_not_kept_waiting_for_the_next_second() -> None:
    p = parts()
    running = asyncio.create_task(p.upkeep.run())
    await p.clock.advance(0.3)
    ticked_s = p.upkeep._last_tick_s
    p.upkeep.hurry()
    for _ in range(5):
        await p.clock.advance(0.1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert 0.3 <= p.upkeep._last_tick_s - ticked_s <= 0.45, "once, and not all the time"


async def test_an_api_that_was_held_up_does_not_take_its_own_silence_for_the_workers() -> None:
    p = parts()
    call = await a_running_call(p)
    await beat(p, call, 15)
    await p.tick(20)
    assert not (await p.call(call.id)).is_final
    await beat(p, call, 8)
    assert (await p.call(call.id)).status is CallState.CONNECTED


async def test_after_a_restart_the_record_is_true_within_30_s() -> None:
    """The API died, and while it was away the worker died, the caller left and one room was lost."""
    p = parts()
    call = await a_running_call(p)
    await beat(p, call, 12)
    p.gateway.restart()
    await p.clock.advance(300)
    again = p.restarted()
    for _ in range(30):
        await again.tick()
    ended = await again.call(call.id)
    assert (ended.is_final, ended.status) == (True, CallState.FAILED)
    assert ended.end_reason in (EndReason.MEDIA_SERVER_LOST, EndReason.AGENT_LOST)


async def test_a_worker_that_still_names_a_call_that_is_over_is_told() -> None:
    p = parts()
    call = await a_running_call(p)
    await beat(p, call, 2)
    await p.services.changer.end(ANN, ROOM)
    await p.closed()
    link = p.services.workers._links[a_hello().worker_id]
    while not link.outbox.empty():
        link.outbox.get_nowait()
    await beat(p, call, 1)
    command = link.outbox.get_nowait()
    assert (command.kind, command.call_id) == (CommandKind.END, call.id)


async def test_an_outage_of_the_media_server_ends_nothing() -> None:
    p = parts()
    call = await a_running_call(p)
    await beat(p, call, 12)
    p.gateway.down = True
    await beat(p, call, 120)
    assert (await p.call(call.id)).status is CallState.CONNECTED
    p.gateway.down = False
    await beat(p, call, 10)
    assert (await p.call(call.id)).status is CallState.CONNECTED


async def test_a_media_server_that_lost_everything_gets_its_rooms_back_and_the_people_come() -> None:
    p = parts()
    call = await a_running_call(p)
    await beat(p, call, 12)
    p.gateway.restart()
    await beat(p, call, 5)
    assert call.media_room in p.gateway.rooms
    p.gateway.joins(call.media_room, ANN.user_id)
    p.gateway.joins(call.media_room, call.agent_identity or "")
    await beat(p, call, 40)
    stored = await p.call(call.id)
    assert (stored.status, stored.caller_away_ms) == (CallState.CONNECTED, None)
    assert stored.room_lost_ms is not None
    told = [event.data.kind for event in await p.store.read(lambda tx: tx.events(call.id, 100))]
    assert told.count("room_lost") == 1


async def test_who_does_not_come_back_to_it_was_lost_by_the_media_server() -> None:
    p = parts()
    call = await a_running_call(p)
    await beat(p, call, 12)
    p.gateway.restart()
    await beat(p, call, 5)
    p.gateway.joins(call.media_room, call.agent_identity or "")
    await beat(p, call, 8)
    assert (await p.call(call.id)).status is CallState.CONNECTED
    await beat(p, call, 8)
    ended = await p.call(call.id)
    assert (ended.status, ended.end_reason) == (CallState.FAILED, EndReason.MEDIA_SERVER_LOST)


async def test_an_opening_that_died_is_failed_and_its_room_closed() -> None:
    p = parts()
    call = await p.opened()
    state = p.store.state.calls
    state[call.id] = replace(state[call.id], status=CallState.PENDING, opened_at_ms=None)
    for _ in range(25):
        await p.tick()
    assert (await p.call(call.id)).end_reason is EndReason.INTERNAL_ERROR
    assert p.gateway.rooms == {}


async def test_a_tick_that_fails_is_not_the_last() -> None:
    p = parts()
    ticks = []

    async def tick() -> None:
        ticks.append(1)
        raise RuntimeError("asked to fail")

    p.upkeep.tick = tick  # type: ignore[method-assign]
    running = asyncio.create_task(p.upkeep.run())
    await p.clock.advance(3.5)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert len(ticks) == 4


async def test_old_webhooks_are_forgotten() -> None:
    p = parts()
    event = InboxEvent("EV_1", p.clock.now_ms(), sanitise({"event": "room_started"}))
    await p.store.write(lambda tx: tx.add_inbox(event))
    await p.services.inbox.apply_some()
    await p.tick(23 * 3600)
    assert "EV_1" in p.store.state.inbox
    await p.tick(2 * 3600)
    assert p.store.state.inbox == {}


async def test_an_unknown_call_in_a_heartbeat_is_told_to_end() -> None:
    p = parts()
    link = p.services.workers.connected(a_hello())
    p.services.workers.heard(link, Heartbeat(3, (HeldCall(CallId("nobody"), 1),)))
    await p.tick()
    assert link.outbox.get_nowait().call_id == "nobody"
