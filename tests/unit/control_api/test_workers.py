from __future__ import annotations

from control_api.services.close_call import end_command
from control_api.services.workers import FORGET_AFTER_S, OUTBOX_SIZE, SILENT_AFTER_S, WorkerRegistry
from shared.call_spec import CallSpec
from shared.ids import CallId, WorkerId
from shared.worker_link import CommandKind, Heartbeat, HeldCall
from tests.fakes.clock import FakeClock
from tests.support.calls import CALL, ROOM, WORKER
from tests.support.control_api_parts import a_hello

SPEC = CallSpec(CALL, ROOM, 1)


def a_registry() -> tuple[WorkerRegistry, FakeClock]:
    clock = FakeClock()
    return WorkerRegistry(clock), clock


async def test_silence_is_measured_from_the_last_message() -> None:
    registry, clock = a_registry()
    link = registry.connected(a_hello())
    await clock.advance(2)
    assert registry.views()[WORKER].silent_s == 2
    registry.heard(link, Heartbeat(3, (HeldCall(CALL, 2),)))
    await clock.advance(1)
    view = registry.views()[WORKER]
    assert (view.silent_s, view.free_slots, dict(view.calls), view.listening_s) == (1, 3, {CALL: 2}, 1)


async def test_a_call_that_is_not_named_any_more_is_remembered_for_a_while() -> None:
    registry, clock = a_registry()
    link = registry.connected(a_hello())
    registry.heard(link, Heartbeat(3, (HeldCall(CALL, 1),)))
    await clock.advance(4)
    registry.heard(link, Heartbeat(4, ()))
    assert dict(registry.views()[WORKER].unnamed_s) == {CALL: 4}


async def test_the_outlines_change_with_what_operators_see_and_not_with_time() -> None:
    registry, clock = a_registry()
    link = registry.connected(a_hello())
    seen = [registry.outlines()]
    for beat in (
        Heartbeat(3, ()),
        Heartbeat(2, (HeldCall(CALL, 1),)),
        Heartbeat(2, (HeldCall(CALL, 1),), draining=True),
    ):
        registry.heard(link, beat)
        seen.append(registry.outlines())
        await clock.advance(1)
        registry.heard(link, beat)
        assert registry.outlines() == seen[-1]
    await clock.advance(SILENT_AFTER_S + 1)
    seen.append(registry.outlines())
    registry.closed(link)
    seen.append(registry.outlines())
    assert len(set(seen)) == len(seen) == 6


async def test_slots_are_unknown_until_a_worker_has_told_them() -> None:
    registry, _ = a_registry()
    assert registry.free_slots() is None
    link = registry.connected(a_hello())
    assert registry.free_slots() is None
    registry.heard(link, Heartbeat(0, ()))
    assert registry.free_slots() == 0
    registry.closed(link)
    assert registry.free_slots() is None


async def test_the_same_worker_takes_its_old_connections_place() -> None:
    registry, clock = a_registry()
    old = registry.connected(a_hello())
    new = registry.connected(a_hello())
    registry.closed(old)
    assert registry.views()[WORKER].connected
    registry.closed(new)
    assert not registry.views()[WORKER].connected
    await clock.advance(FORGET_AFTER_S + 1)
    assert registry.views() == {}


async def test_commands_that_find_no_place_are_dropped_and_counted() -> None:
    registry, _ = a_registry()
    registry.command(WORKER, end_command(CALL, 1))  # nobody there: nothing happens
    link = registry.connected(a_hello())
    for _ in range(OUTBOX_SIZE + 3):
        registry.command(WORKER, end_command(CallId("c"), 1))
    assert (link.outbox.qsize(), link.dropped) == (OUTBOX_SIZE, 3)


async def test_the_worker_with_the_most_room_is_asked_and_a_burst_is_spread() -> None:
    registry, _ = a_registry()
    links = [registry.connected(a_hello(worker_id=WorkerId(name), takes_offers=True)) for name in ("a", "b")]
    registry.heard(links[0], Heartbeat(2, ()))
    registry.heard(links[1], Heartbeat(3, ()))
    assert [registry.offer(SPEC) for _ in range(6)] == [True] * 5 + [False]
    assert [link.outbox.qsize() for link in links] == [2, 3]
    assert registry.free_slots() == 5, "what is free, the next heartbeat says"
    registry.heard(links[1], Heartbeat(1, ()))
    assert registry.offer(SPEC)
    told = links[1].outbox.get_nowait()
    assert (told.kind, told.call_id, told.epoch) == (CommandKind.TAKE_CALL, CALL, 1)
    assert told.args == {"roomName": ROOM}


async def test_who_may_be_dead_or_cannot_be_asked_is_not() -> None:
    registry, clock = a_registry()
    registry.heard(registry.connected(a_hello(worker_id=WorkerId("old"))), Heartbeat(9, ()))
    silent = registry.connected(a_hello(worker_id=WorkerId("silent"), takes_offers=True))
    registry.heard(silent, Heartbeat(9, ()))
    await clock.advance(2)
    registry.connected(a_hello(worker_id=WorkerId("new"), takes_offers=True))
    closed = registry.connected(a_hello(worker_id=WorkerId("closed"), takes_offers=True))
    registry.heard(closed, Heartbeat(9, ()))
    registry.closed(closed)
    full = registry.connected(a_hello(worker_id=WorkerId("full"), takes_offers=True))
    registry.heard(full, Heartbeat(0, ()))
    assert not registry.can_offer
    assert not registry.offer(SPEC)
