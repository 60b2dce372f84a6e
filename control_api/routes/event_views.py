"""The log of events as clients see it."""

from __future__ import annotations

from collections.abc import Iterable

from control_api.call_events import AnyEvent, CallEvent, ClaimedEvent
from control_api.ports import SignedIn
from control_api.routes import session_views as views
from control_api.routes.event_models import StreamEvent
from control_api.routes.session_models import SessionItem, TimelineEvent
from control_api.routes.session_views import iso
from control_api.services.told_events import Told

_NOT_IN_LISTS = frozenset({"turn", "segment", "usage", "happened"})
"""Kinds that change nothing of what a list shows of a call."""


def timeline(events: Iterable[CallEvent], user: SignedIn) -> list[TimelineEvent]:
    """In the order in which it happened."""
    in_order = sorted(events, key=lambda event: (event.at_ms, event.id))
    return [TimelineEvent(id=event.id, at=iso(event.at_ms), event=shown(event.data, user)) for event in in_order]


def shown(data: AnyEvent, user: SignedIn) -> AnyEvent:
    """Which process serves a call is the operators' business: its id has the name of its machine in it."""
    if isinstance(data, ClaimedEvent) and not user.is_admin:
        return data.model_copy(update={"worker_id": None})
    return data


def frame(told: Told, user: SignedIn, now_ms: int) -> bytes:
    """As a server-sent event. Made once for all admins and once for all others."""
    made = told.rendered.get(user.is_admin)
    if made is None:
        data = _stream_event(told, user, now_ms).model_dump_json(by_alias=True)
        made = told.rendered[user.is_admin] = f"id: {told.event.id}\ndata: {data}\n\n".encode()
    return made


def _stream_event(told: Told, user: SignedIn, now_ms: int) -> StreamEvent:
    is_in_lists = told.event.data.kind not in _NOT_IN_LISTS
    return StreamEvent(
        id=told.event.id,
        call_id=told.call.id,
        room_name=told.call.room_name,
        at=iso(told.event.at_ms),
        event=shown(told.event.data, user),
        session=_item(told, now_ms) if is_in_lists else None,
        segment=None if told.segment is None else views.segment(told.call, told.segment),
    )


def _item(told: Told, now_ms: int) -> SessionItem:
    return views.item(told.call, has_segments=told.has_segments, has_recording=told.has_recording, now_ms=now_ms)
