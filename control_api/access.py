"""Who may see, join and change a call. One place, used by every route.

======================= ============================================================================
may read it             caller, callee, whoever was given a token for its room, admins
may change and end it   caller, callee, admins
may join it             caller, callee, admins; of a conference whoever is signed in and knows its
                        name, or, when it was made for certain people, those
======================= ============================================================================

Others hear 403 of a call that exists and 404 of one that does not.
"""

from __future__ import annotations

from control_api.ports import CallTx, SignedIn
from control_api.records import Call, CallType
from shared.errors import Errors, VoiceError
from shared.ids import CallId, RoomName


def may_change(user: SignedIn, call: Call) -> bool:
    return user.is_admin or user.user_id in (call.caller_id, call.callee_id)


def may_join(user: SignedIn, call: Call) -> bool:
    if call.call_type is not CallType.CONFERENCE or may_change(user, call):
        return may_change(user, call)
    return call.participant_ids is None or user.user_id in call.participant_ids


def may_read(tx: CallTx, user: SignedIn, call: Call) -> bool:
    return may_change(user, call) or any(member.user_id == user.user_id for member in tx.members(call.id))


def find_by_id(tx: CallTx, user: SignedIn, call_id: CallId) -> Call:
    """Raises `VoiceError`: forbidden for somebody else's call, not_found for none."""
    call = tx.call(call_id)
    if call is None:
        raise _not_found()
    if not may_read(tx, user, call):
        raise forbidden()
    return call


def find_newest(tx: CallTx, user: SignedIn, room_name: RoomName) -> Call:
    """The newest call of that name which the user may see."""
    call = tx.newest_call_in(room_name, None if user.is_admin else user.user_id)
    if call is not None:
        return call
    if tx.newest_call_in(room_name, None) is None:
        raise _not_found()
    raise forbidden()


def find_to_change(tx: CallTx, user: SignedIn, room_name: RoomName) -> Call:
    """The open call of that name, which is the one that writes mean; else the newest, for whoever ends it again."""
    call = tx.open_call_in(room_name)
    if call is not None and may_change(user, call):
        return call
    call = find_newest(tx, user, room_name)
    if not may_change(user, call):
        raise forbidden()
    return call


def find_open(tx: CallTx, room_name: RoomName) -> Call:
    """The open call of that name, whoever asks: the caller of this checks what they may do with it."""
    call = tx.open_call_in(room_name)
    if call is None:
        raise VoiceError(Errors.NOT_FOUND, "There is no active call in this room.")
    return call


def find_open_to_change(tx: CallTx, user: SignedIn, room_name: RoomName) -> Call:
    call = find_open(tx, room_name)
    if not may_change(user, call):
        raise forbidden()
    return call


def check_admin(user: SignedIn) -> None:
    """Raises `VoiceError`."""
    if not user.is_admin:
        raise VoiceError(Errors.FORBIDDEN, "This is for admins.")


def forbidden() -> VoiceError:
    return VoiceError(Errors.FORBIDDEN, "This call belongs to other people.")


def _not_found() -> VoiceError:
    return VoiceError(Errors.NOT_FOUND, "There is no such call.")
