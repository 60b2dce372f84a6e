"""Rooms: what the media server lists against what the calls say. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from control_api.ports import LiveRoom
from control_api.records import Call, CallType
from control_api.upkeep.actions import ReapRoom
from control_api.upkeep.view import RoomsSeen, Seen
from shared.call_state import EndReason
from shared.ids import CallId, MediaRoom, RoomSid, is_media_room

ROOM_MISSING_S = 8
"""A room that is missing is made again at once; this is for when that does not help."""
FINISHED_S = 5
STRAY_S = 10
LOOK_S = 4
LOOK_CONNECTED_S = 10
FRESH_LOOK_S = 8


def why_over(call: Call, seen: Seen) -> EndReason | None:
    if call.room_finished_ms is not None:
        return _finished(call) if seen.age_s(call.room_finished_ms) >= FINISHED_S else None
    if not is_room_missing(call, seen) or seen.rooms is None:
        return None
    is_hopeless = seen.age_s(seen.rooms.missing_since_ms.get(call.id)) >= ROOM_MISSING_S
    return EndReason.MEDIA_SERVER_LOST if is_hopeless else None


def _finished(call: Call) -> EndReason:
    """The media server closes a room when nobody has been in it for a while, and often says so before we have looked: a
    call ends for the same reason, whichever is first."""
    is_conference = call.call_type is CallType.CONFERENCE
    return EndReason.EVERYONE_LEFT if is_conference or call.caller_joined_ms is None else EndReason.CALLER_LOST


def is_room_missing(call: Call, seen: Seen) -> bool:
    """Whether the media server does not have the room of this call, and nobody said that it was closed."""
    return seen.rooms is not None and call.id in seen.rooms.missing_since_ms and call.room_finished_ms is None


def is_look_due(call: Call, seen: Seen) -> bool:
    if call.opened_at_ms is None:
        return False
    last_ms = seen.looked_ms.get(call.id, max(seen.started_ms, call.opened_at_ms))
    if call.call_type is CallType.CONFERENCE and last_ms < (call.deserted_ms or 0):
        return True  # the last one seems to have left: seen to be true, that is its end
    return seen.age_s(last_ms) >= (LOOK_CONNECTED_S if are_all_there(call) else LOOK_S)


def are_all_there(call: Call) -> bool:
    """Whether it is connected and nobody whom it needs is known to be out of the room."""
    if call.connected_at_ms is None:
        return False
    away = {
        CallType.SUPPORT: (call.caller_away_ms,),
        CallType.USER_TO_USER: (call.caller_away_ms, call.callee_away_ms),
        CallType.CONFERENCE: (call.deserted_ms,),
    }
    return all(away_ms is None for away_ms in away[call.call_type])


def fresh_look_ms(call: Call, seen: Seen) -> int | None:
    """When its room was last looked into; None: not lately enough to say that somebody is missing."""
    looked_ms = seen.looked_ms.get(call.id)
    return looked_ms if looked_ms is not None and seen.age_s(looked_ms) <= FRESH_LOOK_S else None


def strays(seen: Seen) -> Iterator[ReapRoom]:
    if seen.rooms is not None:
        for name, since_ms in seen.rooms.stray_since_ms.items():
            if seen.age_s(since_ms) >= STRAY_S:
                yield ReapRoom(name)


def rooms_seen(
    before: RoomsSeen | None, open_calls: Sequence[Call], listed: Sequence[LiveRoom], asked_ms: int
) -> RoomsSeen:
    """What a listing adds to what was known. `open_calls`: as they were before it was asked for."""
    sids = {room.name: room.sid for room in listed}
    missing = missing_since({} if before is None else before.missing_since_ms, open_calls, sids, asked_ms)
    return RoomsSeen(asked_ms, sids, missing, _stray_since(before, open_calls, listed, asked_ms))


def missing_since(
    before: Mapping[CallId, int], open_calls: Sequence[Call], listed: Mapping[MediaRoom, RoomSid], asked_ms: int
) -> dict[CallId, int]:
    """Which calls' rooms this listing misses, and since which listing they are missed. A call that was opened after
    the question was asked cannot be in the answer."""
    return {
        call.id: before.get(call.id, asked_ms)
        for call in open_calls
        if call.media_room not in listed and call.opened_at_ms is not None and call.opened_at_ms < asked_ms
    }


def found_again(before: RoomsSeen, call: Call, room: LiveRoom) -> RoomsSeen:
    """What is known, once a room that was missing is there again."""
    missing = {call_id: at_ms for call_id, at_ms in before.missing_since_ms.items() if call_id != call.id}
    return replace(before, sids={**before.sids, room.name: room.sid}, missing_since_ms=missing)


def without_stray(before: RoomsSeen, name: MediaRoom) -> RoomsSeen:
    """What is known, once this stray was seen to. The next listing may be half a minute away."""
    return replace(before, stray_since_ms={n: ms for n, ms in before.stray_since_ms.items() if n != name})


def _stray_since(
    before: RoomsSeen | None, open_calls: Sequence[Call], listed: Sequence[LiveRoom], asked_ms: int
) -> dict[MediaRoom, int]:
    """Only rooms whose names are of our pattern: others may be in use by somebody else on the same server."""
    known = {} if before is None else before.stray_since_ms
    names = {call.media_room for call in open_calls}
    return {
        room.name: known.get(room.name, asked_ms)
        for room in listed
        if room.name not in names and is_media_room(room.name)
    }
