"""Names for ids, so that a room name is never handed over as a call id; and how derived ids are derived."""

from __future__ import annotations

import re
import secrets
from typing import NewType

CallId = NewType("CallId", str)
"""A UUIDv7 in its canonical text form."""
RoomName = NewType("RoomName", str)
"""What people call the room of a call. A name that they chose may be another call's when that one is over."""
MediaRoom = NewType("MediaRoom", str)
"""The room of one call at the media server. Tokens name it, and no other call ever has it (`media_room`)."""
RoomSid = NewType("RoomSid", str)
Identity = NewType("Identity", str)
"""A LiveKit participant identity; for people it is their user id."""
EgressId = NewType("EgressId", str)
"""A recording, named as the contract's clients know it: ``EG_...``, whoever records."""
WorkerId = NewType("WorkerId", str)
"""One worker *process*: a restarted worker has a new id, so that its old calls are known to be dead."""

AGENT_NAME = "voice-agent"
"""The one name under which workers register; only explicit dispatches to it reach them."""

AGENT_IDENTITY_PREFIX = "ai-agent-"
NOTICE_IDENTITY_PREFIX = f"{AGENT_IDENTITY_PREFIX}notice-"

ROOM_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
_CALL_ID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
MADE_ROOM_NAME = re.compile(r"(support|user-to-user|conference)-[A-Za-z0-9_-]{1,64}-[0-9]{10}-[0-9a-f]{16}")
_MEDIA_ROOM = re.compile(rf"{ROOM_NAME.pattern}\.{_CALL_ID}|{MADE_ROOM_NAME.pattern}")
_NOT_IN_ROOM_NAME = re.compile(r"[^A-Za-z0-9_-]+")


def agent_identity(call_id: CallId) -> Identity:
    """The identity of a call's agent: the same for every worker that ever serves the call."""
    return Identity(AGENT_IDENTITY_PREFIX + call_id.replace("-", "")[-12:])


def recorder_identity(call_id: CallId) -> Identity:
    """The identity of the hidden participant that records a call without an agent. It looks like an agent's, so that
    it is no person to anybody and no user can take it."""
    return Identity(f"{AGENT_IDENTITY_PREFIX}recorder-{call_id.replace('-', '')[-12:]}")


def notice_identity(call_id: CallId) -> Identity:
    """The identity of the participant that everybody sees for some seconds, in a call without an agent: it says that
    the call is recorded. It looks like an agent's, as a recorder's does."""
    return Identity(f"{NOTICE_IDENTITY_PREFIX}{call_id.replace('-', '')[-12:]}")


def make_egress_id() -> EgressId:
    return EgressId(f"EG_{secrets.token_hex(12)}")


def is_agent_identity(identity: str) -> bool:
    return identity.startswith(AGENT_IDENTITY_PREFIX)


def is_notice_identity(identity: str) -> bool:
    """Of somebody who comes only to say that the call is recorded: no party to it, whose stays nobody counts."""
    return identity.startswith(NOTICE_IDENTITY_PREFIX)


def is_room_name(name: str) -> bool:
    """Whether a client may use `name`; names of the pattern that we make are ours alone."""
    return ROOM_NAME.fullmatch(name) is not None


def is_made_room_name(name: str) -> bool:
    return MADE_ROOM_NAME.fullmatch(name) is not None


def make_room_name(call_type: str, user_id: str, now_s: int) -> RoomName:
    """``support-<user>-<unix seconds>-<64 random bits>``: readable for an operator, not to be guessed by anyone."""
    user = _NOT_IN_ROOM_NAME.sub("-", user_id)[:64] or "user"
    return RoomName(f"{call_type}-{user}-{now_s:010d}-{secrets.token_hex(8)}")


def media_room(name: RoomName, call_id: CallId) -> MediaRoom:
    """The name of a call's room at the media server: a token says only which room it is for, and must not open the room
    of the next call by that name. The names that we make are one call's anyway; one that a client gave gets the call's
    id behind a point, which no room name has."""
    return MediaRoom(name if is_made_room_name(name) else f"{name}.{call_id}")


def is_media_room(name: str) -> bool:
    """Whether it is of the pattern that `media_room` makes."""
    return _MEDIA_ROOM.fullmatch(name) is not None
