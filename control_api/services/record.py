"""How facts become the stored row, and how the log hears of it: the functions with which every use case ends."""

from __future__ import annotations

from collections.abc import Iterable

from control_api import call_changes
from control_api.call_events import NewEvent
from control_api.call_facts import settle
from control_api.ports import CallTx
from control_api.recording_records import Recording
from control_api.records import Call, Instructions, Presence
from shared.call_report import Report
from shared.ids import CallId


def insert_call(tx: CallTx, call: Call, instructions: Instructions) -> None:
    """Raises `RoomTaken`."""
    tx.insert_call(call, instructions)
    _tell(tx, call.id, call_changes.created(call))


def settle_and_save(tx: CallTx, before: Call, changed: Call | None = None, *, why_lost: str | None = None) -> Call:
    """Stores what all facts of the call add up to. `changed`: `before` with the use case's own changes. `why_lost`: of
    the agent, when it was."""
    call = before if changed is None else changed
    return save_if_changed(tx, before, settle(call, tx.presence(call.id), tx.rooms(call.id)), why_lost=why_lost)


def save_if_changed(tx: CallTx, before: Call, after: Call, *, why_lost: str | None = None) -> Call:
    if after == before:
        return before
    saved = tx.save_call(after)
    _tell(tx, after.id, call_changes.changed(before, after, why_lost=why_lost))
    return saved


def put_stay(tx: CallTx, call: Call, before: Presence | None, after: Presence) -> None:
    """`before`: what is stored of the same stay."""
    tx.put_presence(after)
    _tell(tx, call.id, call_changes.stay_changed(call, before, after))
    if call.recording_begun_ms is not None and before is None:
        for recording in tx.recordings(call.id):
            _tell(tx, call.id, call_changes.joined_recorded_call(call, recording, before, after))


def insert_recording(tx: CallTx, recording: Recording) -> None:
    """Raises `RecordingInProgress` or `PathTaken`."""
    tx.insert_recording(recording)
    _tell(tx, recording.call_id, call_changes.recording_changed(None, recording, recording.created_ms))


def save_recording(tx: CallTx, before: Recording, after: Recording, at_ms: int) -> Recording:
    if after == before:
        return before
    saved = tx.save_recording(after)
    _tell(tx, after.call_id, call_changes.recording_changed(before, after, at_ms))
    call = tx.call(after.call_id)
    if call is not None:
        _tell(tx, call.id, call_changes.recording_began(call, before, after, tx.presence(call.id)))
    return saved


def tell_report(tx: CallTx, report: Report) -> None:
    _tell(tx, report.call_id, call_changes.reported(report))


def _tell(tx: CallTx, call_id: CallId, events: Iterable[NewEvent]) -> None:
    for event in events:
        tx.add_event(call_id, event.at_ms, event.data)
