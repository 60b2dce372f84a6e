from __future__ import annotations

import asyncio
import json

from control_api.services.close_call import end_call
from shared.agent_state import AgentState
from shared.call_state import CallState, EndReason
from shared.room_signals import CALL_ENDED_TOPIC
from shared.worker_link import CommandKind
from tests.support.calls import ANN, ROOM
from tests.support.control_api_parts import Parts, a_hello, parts


async def test_an_ended_call_tells_the_room_why_closes_it_and_tells_the_worker() -> None:
    p = parts()
    link = p.services.workers.connected(a_hello())
    call = await p.opened()
    await p.claimed(call)
    await end_call(p.store, p.closer, call.id, EndReason.NO_SHOW, p.clock.now_ms())
    await p.closed()
    (room,) = p.gateway.deleted
    (topic, payload), *_ = room.data
    assert topic == CALL_ENDED_TOPIC
    assert json.loads(payload) == {"type": "call.ended", "callId": call.id, "endReason": "no_show"}
    command = link.outbox.get_nowait()
    assert (command.kind, command.call_id, command.epoch) == (CommandKind.END, call.id, 1)
    ended = await p.call(call.id)
    assert (ended.room_closed, ended.agent_state) == (True, AgentState.DISCONNECTED)


async def test_ending_does_not_wait_for_the_media_server() -> None:
    p = parts()
    await p.opened()
    p.gateway.hang = asyncio.Event()
    ended = await p.services.changer.end(ANN, ROOM)
    assert ended.is_final
    p.gateway.hang.set()
    await p.closed()


async def test_many_who_end_it_at_once_get_the_same_answer() -> None:
    p = parts()
    await p.opened()
    answers = await asyncio.gather(*(p.services.changer.end(ANN, ROOM) for _ in range(10)))
    assert len({(call.id, call.ended_at_ms, call.end_reason) for call in answers}) == 1
    await p.closed()
    assert len(p.gateway.deleted) == 1


async def test_what_failed_is_tried_again_by_the_upkeep() -> None:
    p = parts()
    call = await p.opened()
    p.gateway.down = True
    await p.services.changer.end(ANN, ROOM)
    await p.closed()
    for _ in range(5):
        await p.tick()
    assert not (await p.call(call.id)).room_closed
    p.gateway.down = False
    await _until_closed(p)
    assert (await p.call(call.id)).status is CallState.MISSED


async def _until_closed(p: Parts) -> None:
    for _ in range(10):
        await p.tick()
        if not p.gateway.rooms:
            return
    raise AssertionError("the room of an ended call is still there 10 s after the media server came back")


async def test_nobody_ends_a_call_that_does_not_exist() -> None:
    p = parts()
    call = await p.opened()
    await p.store.write(lambda tx: tx.delete_call(call.id))
    assert await end_call(p.store, p.closer, call.id, EndReason.NO_SHOW, p.clock.now_ms()) is None


async def test_closing_ends_what_it_has_begun() -> None:
    p = parts()
    await p.opened()
    p.gateway.hang = asyncio.Event()
    await p.services.changer.end(ANN, ROOM)
    await p.closer.aclose()
