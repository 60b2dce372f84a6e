"""Records for tests: a call and what belongs to it, with only what matters said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from control_api.ports import SignedIn
from control_api.records import Call, CallType, Presence, Room, StoredSegment
from shared.agent_state import AgentState
from shared.call_state import CallState
from shared.ids import CallId, Identity, RoomName, RoomSid, WorkerId, media_room

T0 = 1_700_000_000_000
"""When the calls of these tests are made, in ms."""
CALL = CallId("01890000-0000-7000-8000-0123456789ab")
ROOM = RoomName("room-1")
MEDIA_ROOM = media_room(ROOM, CALL)
ROOM_SID = RoomSid("RM_1")
CALLER = Identity("user-1")
AGENT = Identity("ai-agent-0123456789ab")
WORKER = WorkerId("worker-1")
ANN = SignedIn(CALLER, "Ann")
BOB = SignedIn(Identity("user-2"), "Bob")
CARL = SignedIn(Identity("user-3"), None)
ADMIN = SignedIn(Identity("admin-1"), "Root", is_admin=True)


def a_call(**changes: Any) -> Call:
    """A support call whose room is open and whose agent is on its way."""
    call = Call(
        id=CALL,
        room_name=ROOM,
        call_type=CallType.SUPPORT,
        caller_id=CALLER,
        caller_name="Ann",
        created_at_ms=T0,
        media_room=MEDIA_ROOM,
        opened_at_ms=T0 + 20,
        status=CallState.RINGING,
        agent_state=AgentState.PENDING,
        agent_identity=AGENT,
        agent_epoch=1,
        agent_requested_ms=T0 + 20,
        agent_dispatched_ms=T0 + 20,
        agent_dispatches=1,
    )
    changed = replace(call, **changes)
    return replace(changed, media_room=changes.get("media_room", media_room(changed.room_name, changed.id)))


def a_claimed_call(**changes: Any) -> Call:
    claimed: dict[str, Any] = {
        "agent_state": AgentState.CLAIMED,
        "agent_worker_id": WORKER,
        "agent_job_id": "job-1",
        "agent_claimed_ms": T0 + 100,
    }
    return a_call(**(claimed | changes))


def a_connected_call(**changes: Any) -> Call:
    connected: dict[str, Any] = {
        "agent_state": AgentState.ACTIVE,
        "status": CallState.CONNECTED,
        "agent_joined_ms": T0 + 500,
        "caller_joined_ms": T0 + 400,
        "connected_at_ms": T0 + 500,
    }
    return a_claimed_call(**(connected | changes))


def a_stay(sid: str = "PA_1", identity: str = CALLER, **changes: Any) -> Presence:
    return replace(Presence(sid, CALL, ROOM_SID, Identity(identity), T0 + 400), **changes)


def a_segment(segment_id: str, **changes: Any) -> StoredSegment:
    return replace(StoredSegment(CALL, segment_id, CALLER, "Hello?", T0 + 600, T0 + 900), **changes)


def a_room(**changes: Any) -> Room:
    return replace(Room(ROOM_SID, CALL, T0 + 10), **changes)
