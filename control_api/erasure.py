"""What is kept of a call when one of its people wants to be forgotten. Pure.

The row of the call stays, so that figures and other people's lists stay true; who they were does not. Voices cannot be
taken out of a mix: every recording of the call goes. In a call that they made, all words go, and what they had said of
it (prompt, greeting, metadata); in other people's calls, their own words.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from control_api.recording_records import Recording, RecordingPart
from control_api.records import Call, Presence
from shared.ids import CallId, Identity, RoomName, media_room
from shared.recording_order import peaks_path

NOBODY = "Erased user"
ALIAS = "erased-"


@dataclass(frozen=True, slots=True)
class Erasure:
    """The receipt: that it was done, when, and how much there was; not whose it was."""

    id: str
    user_hash: str
    """SHA-256 of the user's id, in hexadecimal: whoever knows the id can see that it was this one."""
    asked_by: Identity
    asked_ms: int
    calls: int = 0
    recordings: int = 0
    segments: int = 0
    completed_ms: int | None = None
    """When the last file was gone from the store."""


@dataclass(frozen=True, slots=True)
class DoomedFile:
    """A file that must go from the store, which may be down."""

    path: str
    since_ms: int
    erasure_id: str | None = None


def new_erasure(user_id: Identity, asked_by: Identity, asked_ms: int) -> Erasure:
    return Erasure(secrets.token_hex(12), hashlib.sha256(user_id.encode()).hexdigest(), asked_by, asked_ms)


def make_alias() -> Identity:
    """Who they are from now on; another one in each call, so that nothing hangs together any more."""
    return Identity(f"{ALIAS}{secrets.token_hex(8)}")


def is_maker(call: Call, user_id: Identity) -> bool:
    return call.caller_id == user_id


def without_person(call: Call, user_id: Identity, alias: Identity) -> Call:
    participants = call.participant_ids
    call = replace(
        call,
        callee_id=alias if call.callee_id == user_id else call.callee_id,
        participant_ids=None
        if participants is None
        else tuple(alias if one == user_id else one for one in participants),
        transcript_override=None,
        recording_url_override=None,
    )
    if not is_maker(call, user_id):
        return call
    # The names that we make for rooms hold the user's id.
    name = _room_name(call.id)
    return replace(
        call,
        caller_id=alias,
        caller_name=NOBODY,
        metadata={},
        room_name=name,
        media_room=media_room(name, call.id),
    )


def come_too_late(call: Call, speaker: str, stays: Sequence[Presence]) -> bool:
    """Whether words that are told only now, after the call, are of somebody who is forgotten in it: the speech of calls
    between people may have waited for its words."""
    people = {call.caller_id, call.callee_id, *(call.participant_ids or ()), *(stay.identity for stay in stays)}
    if call.caller_id.startswith(ALIAS):
        return True
    return speaker not in people and any(person is not None and person.startswith(ALIAS) for person in people)


def stay_without_person(stay: Presence, user_id: Identity, alias: Identity) -> Presence:
    return replace(stay, identity=alias) if stay.identity == user_id else stay


def files_of(recording: Recording, parts: list[RecordingPart]) -> Iterator[str]:
    """Every path at which something of it may lie."""
    yield recording.path
    yield peaks_path(recording.path)
    for part in parts:
        yield from (path for path in (part.path, part.peaks_path) if path is not None)


def _room_name(call_id: CallId) -> RoomName:
    return RoomName(f"erased-{call_id}")
