"""What is stored of the people in a room against who is there: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from control_api.ports import LiveParticipant
from control_api.records import Call, LeftWhy, Presence
from shared.ids import RoomSid, is_notice_identity

JUST_JOINED_MS = 3_000
"""Somebody who joined so shortly before the question may be missing from the answer."""


def repairs(
    call: Call, stored: Sequence[Presence], live: Sequence[LiveParticipant], room_sid: RoomSid, asked_ms: int
) -> list[Presence]:
    """The stays to store so that the record agrees with what was seen at `asked_ms`."""
    live = [one for one in live if not is_notice_identity(one.identity)]
    known = {stay.participant_sid: stay for stay in stored}
    seen = {participant.sid for participant in live}
    arrived = [_seen(known.get(one.sid), one, call, room_sid) for one in live]
    gone = [
        replace(stay, left_at_ms=asked_ms, left_why=LeftWhy.UNSEEN)
        for stay in stored
        if _is_gone(stay, seen, room_sid, asked_ms)
    ]
    return [stay for stay in (*arrived, *gone) if stay != known.get(stay.participant_sid)]


def _seen(stay: Presence | None, one: LiveParticipant, call: Call, room_sid: RoomSid) -> Presence:
    if stay is None:
        return Presence(one.sid, call.id, room_sid, one.identity, one.joined_ms)
    if stay.left_why is LeftWhy.UNSEEN:
        return replace(stay, left_at_ms=None, left_why=None)
    return stay  # a webhook that says they left is later than this answer


def _is_gone(stay: Presence, seen: set[str], room_sid: RoomSid, asked_ms: int) -> bool:
    if stay.left_at_ms is not None or stay.room_sid != room_sid or stay.participant_sid in seen:
        return False
    return (stay.joined_at_ms or 0) < asked_ms - JUST_JOINED_MS
