"""What ``/api/voice/events`` takes, and what the data of an event is."""

from __future__ import annotations

from typing import Literal

from control_api.call_events import EventField
from control_api.routes.fields import CallIdText, RoomNameField, Timestamp
from control_api.routes.registry import Model
from control_api.routes.session_models import SessionItem, TranscriptSegment


class EventsQuery(Model):
    room_name: RoomNameField | None = None
    """Only of the newest call of that name; if not given, of all calls that the user may read (admins: of all)."""


class StreamEvent(Model):
    id: int
    """Grows, over all calls. Some ids are left out: events that this user must not see."""
    call_id: CallIdText
    room_name: str
    at: Timestamp
    """When it happened; it may have become known later."""
    event: EventField
    session: SessionItem | None
    """The call as it is now, with events that change what of it is shown in lists."""
    segment: TranscriptSegment | None
    """With `segment` events: the words."""


class StreamReady(Model):
    """The first event of a stream, `event: ready`."""

    is_resumed: bool
    """False: nothing from before the stream will come."""


class StreamBye(Model):
    """The last event of a stream, `event: bye`."""

    why: Literal["expired", "slow", "shutdown"]
