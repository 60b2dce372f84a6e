"""Records to rows and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from control_api.adapters import sql_tables as t
from control_api.recording_records import RecorderJob, Recording, RecordingPart
from control_api.records import (
    Call,
    CallType,
    InboxEvent,
    LeftWhy,
    Member,
    Presence,
    Room,
    StoredSegment,
)
from shared.agent_state import AgentState
from shared.call_report import RecordingCause
from shared.call_state import CallState, EndReason
from shared.recording_state import RecordingState

Row = Mapping[Any, Any]
"""By column."""

CALL_COLUMNS = tuple(t.calls.c[field.name] for field in fields(Call))
_FIXED = {
    "id",
    "room_name",
    "media_room",
    "call_type",
    "caller_id",
    "caller_name",
    "created_at_ms",
    "callee_id",
    "ai_enabled",
    "recording_enabled",
    "transcription_enabled",
    "participant_ids",
}
"""What never changes after the insert."""
CHANGING = tuple(field.name for field in fields(Call) if field.name not in _FIXED)


def call_row(call: Call) -> dict[str, Any]:
    row = {field.name: getattr(call, field.name) for field in fields(Call)}
    row["metadata"] = _json(dict(call.metadata))
    row["former_agents"] = _json(call.former_agents)
    row["recorder"] = None if call.recorder is None else _json(asdict(call.recorder))
    row["recovered_ms"] = _json(call.recovered_ms)
    row["participant_ids"] = None if call.participant_ids is None else _json(call.participant_ids)
    return row


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def call_of(row: Row) -> Call:
    values = dict(row)
    values["call_type"] = CallType(values["call_type"])
    values["status"] = CallState(values["status"])
    values["metadata"] = json.loads(values["metadata"])
    values["former_agents"] = tuple((joined, gone) for joined, gone in json.loads(values["former_agents"]))
    if values["recorder"] is not None:
        values["recorder"] = RecorderJob(**json.loads(values["recorder"]))
    values["recovered_ms"] = tuple(json.loads(values["recovered_ms"]))
    if values["participant_ids"] is not None:
        values["participant_ids"] = tuple(json.loads(values["participant_ids"]))
    if values["end_reason"] is not None:
        values["end_reason"] = EndReason(values["end_reason"])
    if values["agent_state"] is not None:
        values["agent_state"] = AgentState(values["agent_state"])
    return Call(**values)


def presence_of(row: Row) -> Presence:
    values = dict(row)
    if values["left_why"] is not None:
        values["left_why"] = LeftWhy(values["left_why"])
    return Presence(**values)


def room_of(row: Row) -> Room:
    return Room(**row)


def member_of(row: Row) -> Member:
    return Member(**row)


def recording_of(row: Row) -> Recording:
    return Recording(**(dict(row) | {"state": RecordingState(row["state"])}))


def part_of(row: Row) -> RecordingPart:
    cause = None if row["cause"] is None else RecordingCause(row["cause"])
    return RecordingPart(**(dict(row) | {"cause": cause}))


def segment_of(row: Row) -> StoredSegment:
    return StoredSegment(**row)


def inbox_row(event: InboxEvent) -> dict[str, Any]:
    payload = _json(dict(event.payload))
    return {"event_id": event.event_id, "received_ms": event.received_ms, "applied_ms": None, "payload": payload}


def inbox_of(row: Row) -> InboxEvent:
    return InboxEvent(row["event_id"], row["received_ms"], json.loads(row["payload"]))
