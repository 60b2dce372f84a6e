"""Who may see and change a call. One place, used by every route."""

from __future__ import annotations

from control_api.ports import CallTx, SignedIn
from control_api.records import Call
from shared.errors import Errors, VoiceError
from shared.ids import CallId, RoomName


def may_use(user: SignedIn, call: Call) -> bool:
    return user.is_admin or user.user_id in (call.caller_id, call.callee_id)


def find_by_id(tx: CallTx, user: SignedIn, call_id: CallId) -> Call:
    """Raises `VoiceError`: forbidden for somebody else's call, not_found for none."""
    call = tx.call(call_id)
    if call is None:
        raise _not_found()
    return _allowed(user, call)


def find_newest(tx: CallTx, user: SignedIn, room_name: RoomName) -> Call:
    """The newest call of that name which the user may see."""
    call = tx.newest_call_in(room_name, None if user.is_admin else user.user_id)
    if call is not None:
        return call
    if tx.newest_call_in(room_name, None) is None:
        raise _not_found()
    raise _forbidden()


def find_to_change(tx: CallTx, user: SignedIn, room_name: RoomName) -> Call:
    """The open call of that name, which is the one that writes mean; else the newest that the user may see."""
    call = tx.open_call_in(room_name)
    return call if call is not None and may_use(user, call) else find_newest(tx, user, room_name)


def _allowed(user: SignedIn, call: Call) -> Call:
    if not may_use(user, call):
        raise _forbidden()
    return call


def _forbidden() -> VoiceError:
    return VoiceError(Errors.FORBIDDEN, "This call belongs to other people.")


def _not_found() -> VoiceError:
    return VoiceError(Errors.NOT_FOUND, "There is no such call.")
