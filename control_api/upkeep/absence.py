"""When a call is over because somebody is not there: one small rule for each call type. Pure.

All of them need a fresh look into the room (`control_api.upkeep.plan`), but one: that nobody answered is known without
it, because answering is a request to us.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from control_api.limits import Limits
from control_api.records import Call, CallType
from shared.call_state import EndReason

BACK_IN_ROOM_S = 15.0
"""After a crash of the media server clients come back by themselves as soon as there is a room again: they try it every
7 s at the least."""


@dataclass(frozen=True, slots=True)
class View:
    """One call at one moment."""

    call: Call
    limits: Limits
    now_ms: int
    looked_ms: int | None
    """When its room was last looked into; None: not lately enough to say that somebody is missing."""

    def age_s(self, since_ms: int | None) -> float:
        return 0.0 if since_ms is None else (self.now_ms - since_ms) / 1000


def why_over(view: View) -> EndReason | None:
    return _RULES[view.call.call_type](view)


def _support(view: View) -> EndReason | None:
    return _caller(view)


def _user_to_user(view: View) -> EndReason | None:
    call = view.call
    if call.answered_at_ms is None and call.connected_at_ms is None:
        if view.age_s(call.opened_at_ms) >= view.limits.ring_s:
            return EndReason.NO_ANSWER
        return _caller(view)
    return _caller(view) or _callee(view)


def _conference(view: View) -> EndReason | None:
    call = view.call
    if view.looked_ms is None:
        return None
    if call.people_joined_ms is None:
        return EndReason.NO_SHOW if _is_no_show(view) else None
    if call.deserted_ms is None or view.looked_ms < call.deserted_ms:
        return None
    grace_s = 0 if call.deserted_on_purpose else view.limits.reconnect_grace_s
    return EndReason.EVERYONE_LEFT if view.age_s(call.deserted_ms) >= grace_s else None


def _caller(view: View) -> EndReason | None:
    call = view.call
    if view.looked_ms is None:
        return None
    if call.caller_joined_ms is None:
        return EndReason.NO_SHOW if _is_no_show(view) else None
    return _lost(view, call.caller_away_ms, EndReason.CALLER_LOST)


def _is_no_show(view: View) -> bool:
    """Whether nobody has come for so long after the caller last asked to. Whom the agent heard was there."""
    since_ms = view.call.asked_ms or view.call.opened_at_ms
    return view.call.caller_seen_ms is None and view.age_s(since_ms) >= view.limits.no_show_s


def _callee(view: View) -> EndReason | None:
    call = view.call
    if view.looked_ms is None:
        return None
    if call.callee_joined_ms is None:
        return EndReason.NO_SHOW if view.age_s(call.answered_at_ms) >= view.limits.no_show_s else None
    return _lost(view, call.callee_away_ms, EndReason.CALLEE_LOST)


def _lost(view: View, away_ms: int | None, reason: EndReason) -> EndReason | None:
    """Of somebody who was there: who went down with the room is not to blame for it."""
    if away_ms is None:
        return None
    room_lost_ms, grace_s = view.call.room_lost_ms, float(view.limits.reconnect_grace_s)
    if room_lost_ms is not None and away_ms <= room_lost_ms:
        reason, grace_s = EndReason.MEDIA_SERVER_LOST, min(grace_s, BACK_IN_ROOM_S)
    return reason if view.age_s(away_ms) >= grace_s else None


_RULES: dict[CallType, Callable[[View], EndReason | None]] = {
    CallType.SUPPORT: _support,
    CallType.USER_TO_USER: _user_to_user,
    CallType.CONFERENCE: _conference,
}
