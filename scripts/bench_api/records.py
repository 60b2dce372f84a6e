"""A database as it is after some months: calls of many users, of which each has one that the benchmark reads."""

from __future__ import annotations

import time

from uuid_utils import uuid7

from control_api.adapters.sql_store import open_store
from control_api.ports import CallTx
from control_api.records import Call, CallType, Instructions, StoredSegment
from scripts.bench_api.people import user_name
from shared.agent_state import AgentState
from shared.call_state import CallState, EndReason
from shared.ids import CallId, Identity, RoomName, media_room

OLD_CALLS = 3_000
SEGMENTS = 6
_WORDS = "Thank you for calling, I have found your order and it leaves our house tomorrow morning."


def room_of(number: int) -> str:
    return f"bench-{number:05d}"


async def fill(database_url: str, users: int) -> list[CallId]:
    """Each of the `users` gets a finished call in `room_of(its number)`, with a transcript; older calls lie between.
    The ids of the former."""
    store = await open_store(database_url)
    try:
        return await store.write(lambda tx: _fill(tx, users))
    finally:
        await store.aclose()


def _fill(tx: CallTx, users: int) -> list[CallId]:
    now_ms = time.time_ns() // 1_000_000
    for number in range(OLD_CALLS):
        _add(tx, number % users, f"old-{number:05d}", now_ms - 1000 * (OLD_CALLS - number))
    return [_add(tx, number, room_of(number), now_ms) for number in range(users)]


def _add(tx: CallTx, user: int, room: str, created_ms: int) -> CallId:
    call_id = CallId(str(uuid7()))
    call = Call(
        id=call_id,
        room_name=RoomName(room),
        call_type=CallType.SUPPORT,
        caller_id=Identity(user_name(user)),
        caller_name="Ann",
        created_at_ms=created_ms,
        media_room=media_room(RoomName(room), call_id),
        opened_at_ms=created_ms + 10,
        connected_at_ms=created_ms + 900,
        ended_at_ms=created_ms + 60_900,
        caller_joined_ms=created_ms + 500,
        status=CallState.COMPLETED,
        end_reason=EndReason.CALLER_HUNG_UP,
        room_closed=True,
        agent_state=AgentState.DISCONNECTED,
        agent_epoch=1,
        metadata={"order": 4711, "product": "lamp"},
    )
    tx.insert_call(call, Instructions("You are a friendly assistant of a lamp shop.", "Hello!"))
    for segment in range(SEGMENTS):
        start_ms = created_ms + 1000 + segment * 5000
        speaker = "agent" if segment % 2 == 0 else user_name(user)
        tx.put_segment(StoredSegment(call.id, f"s{segment}", speaker, _WORDS, start_ms, start_ms + 4000))
    return call.id
