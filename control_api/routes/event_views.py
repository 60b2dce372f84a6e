"""The log of events as clients see it."""

from __future__ import annotations

from collections.abc import Iterable

from control_api.call_events import AnyEvent, CallEvent, ClaimedEvent
from control_api.ports import SignedIn
from control_api.routes.session_models import TimelineEvent
from control_api.routes.session_views import iso


def timeline(events: Iterable[CallEvent], user: SignedIn) -> list[TimelineEvent]:
    """In the order in which it happened."""
    in_order = sorted(events, key=lambda event: (event.at_ms, event.id))
    return [TimelineEvent(id=event.id, at=iso(event.at_ms), event=shown(event.data, user)) for event in in_order]


def shown(data: AnyEvent, user: SignedIn) -> AnyEvent:
    """Which process serves a call is the operators' business: its id has the name of its machine in it."""
    if isinstance(data, ClaimedEvent) and not user.is_admin:
        return data.model_copy(update={"worker_id": None})
    return data
