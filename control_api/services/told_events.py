"""The log, with what a client needs to show an event without asking again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from control_api.call_events import CallEvent, CreatedEvent, SegmentEvent
from control_api.ports import CallTx
from control_api.records import Call, StoredSegment
from shared.ids import Identity


@dataclass(frozen=True, slots=True)
class Told:
    event: CallEvent
    call: Call
    """As it is now, which may be later than the event."""
    audience: frozenset[Identity]
    """Who may read the call, beside admins."""
    segment: StoredSegment | None = None
    """The words that a `segment` event means."""
    has_segments: bool = False
    has_recording: bool = False
    rendered: dict[bool, bytes] = field(default_factory=dict, compare=False, repr=False)
    """What the route has made of it, for admins and for others: once, however many clients there are."""


@dataclass(frozen=True, slots=True)
class Batch:
    told: list[Told]
    last_id: int
    """Up to where the log was read; the events of `told` may be fewer."""
    is_all: bool


def told_after(tx: CallTx, after_id: int, limit: int) -> Batch:
    """A call that is only being opened may vanish without a trace, so that is not told: the first that is told of a
    call is that it rings, or that it is over."""
    events = tx.events_after(after_id, limit)
    last_id = events[-1].id if events else after_id
    worth = [event for event in events if not isinstance(event.data, CreatedEvent)]
    return Batch(_told(tx, worth), last_id, len(events) < limit)


def _told(tx: CallTx, events: Sequence[CallEvent]) -> list[Told]:
    call_ids = list({event.call_id for event in events})
    calls = {call.id: call for call in tx.calls(call_ids)}
    audiences = {call.id: _audience(tx, call) for call in calls.values()}
    with_words, recorded = tx.calls_with_segments(call_ids), tx.calls_with_recordings(call_ids)
    return [
        Told(
            event,
            calls[event.call_id],
            audiences[event.call_id],
            _segment(tx, event),
            event.call_id in with_words,
            event.call_id in recorded,
        )
        for event in events
    ]


def _audience(tx: CallTx, call: Call) -> frozenset[Identity]:
    """As `control_api.access.may_read` says it of one user."""
    people = {member.user_id for member in tx.members(call.id)} | {call.caller_id}
    return frozenset(people if call.callee_id is None else people | {call.callee_id})


def _segment(tx: CallTx, event: CallEvent) -> StoredSegment | None:
    return tx.segment(event.call_id, event.data.segment_id) if isinstance(event.data, SegmentEvent) else None
