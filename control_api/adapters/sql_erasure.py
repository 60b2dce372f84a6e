"""The statements that forget."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, union, update

from control_api.adapters import sql_rows as rows
from control_api.adapters import sql_tables as t
from control_api.adapters.sql_put import put_statement
from control_api.erasure import DoomedFile, Erasure
from control_api.erasure_ports import ErasureTx
from control_api.ports import StaleCall
from control_api.recording_records import Recording
from control_api.records import Call
from shared.call_state import FINAL_STATES
from shared.ids import CallId, EgressId, Identity
from shared.recording_state import FINAL_STATES as FINISHED

_CALLS = select(*rows.CALL_COLUMNS)
_USER: Any = bindparam("user_id")
_OF_PERSON = _CALLS.where(
    t.calls.c.id.in_(
        union(
            select(t.calls.c.id).where(
                or_(
                    t.calls.c.caller_id == _USER,
                    t.calls.c.callee_id == _USER,
                    # As JSON writes it; `calls_of_person` looks again.
                    func.instr(t.calls.c.participant_ids, bindparam("user_json")) > 0,
                )
            ),
            select(t.members.c.call_id).where(t.members.c.user_id == _USER),
            select(t.presence.c.call_id).where(t.presence.c.identity == _USER),
            select(t.segments.c.call_id).where(t.segments.c.speaker == _USER),
        )
    )
).limit(bindparam("max_rows"))
_REWRITE = (
    update(t.calls)
    .where(t.calls.c.id == bindparam("call_key"), t.calls.c.version == bindparam("read_version"))
    .values({column.name: bindparam(f"new_{column.name}") for column in rows.CALL_COLUMNS})
)
_OLD_RECORDINGS = (
    select(t.recordings)
    .where(t.recordings.c.ended_ms < bindparam("before_ms"), t.recordings.c.state.in_(sorted(FINISHED)))
    .order_by(t.recordings.c.ended_ms)
    .limit(bindparam("max_rows"))
)
_HAS_WORDS = select(t.segments.c.call_id).where(t.segments.c.call_id == t.calls.c.id).exists()
_OLD_WORDS = (
    _CALLS.where(
        t.calls.c.created_at_ms < bindparam("before_ms"),
        t.calls.c.ended_at_ms < bindparam("before_ms"),
        t.calls.c.status.in_(sorted(FINAL_STATES)),
        or_(_HAS_WORDS, t.calls.c.transcript_override.is_not(None)),
    )
    .order_by(t.calls.c.created_at_ms)
    .limit(bindparam("max_rows"))
)
_DOOM = insert(t.doomed_files).prefix_with("OR IGNORE", dialect="sqlite")
_DOOMED = select(t.doomed_files).order_by(t.doomed_files.c.since_ms, t.doomed_files.c.path).limit(bindparam("max_rows"))
_LEFT = select(func.count()).where(t.doomed_files.c.erasure_id == bindparam("erasure_id"))
_PUT_ERASURE = put_statement(t.erasures)


class SqlErasureTx(ErasureTx):
    _connection: Connection
    _driver: sqlite3.Connection

    def calls_of_person(self, user_id: Identity, limit: int) -> list[Call]:
        values = {"user_id": user_id, "user_json": json.dumps(user_id, ensure_ascii=False), "max_rows": limit}
        return [rows.call_of(row) for row in self._connection.execute(_OF_PERSON, values).mappings()]

    def rewrite_call(self, call: Call) -> Call:
        stored = replace(call, version=call.version + 1)
        values: dict[str, Any] = {f"new_{name}": value for name, value in rows.call_row(stored).items()}
        key = {"call_key": call.id, "read_version": call.version}
        if self._connection.execute(_REWRITE, values | key).rowcount != 1:
            raise StaleCall(call.id)
        return stored

    def delete_member(self, call_id: CallId, user_id: Identity) -> None:
        self._connection.execute(
            delete(t.members).where(t.members.c.call_id == call_id, t.members.c.user_id == user_id)
        )

    def delete_segments(self, call_id: CallId, speaker: str | None = None) -> int:
        wanted = [t.segments.c.call_id == call_id] + ([] if speaker is None else [t.segments.c.speaker == speaker])
        return self._connection.execute(delete(t.segments).where(*wanted)).rowcount

    def anonymise_events(self, call_id: CallId, user_id: Identity, alias: Identity) -> None:
        events = t.call_events.c
        found = self._connection.execute(select(events.id, events.data).where(events.call_id == call_id)).all()
        for event_id, data in found:
            values = json.loads(data)
            changed = {key: alias if value == user_id else value for key, value in values.items()}
            if changed != values:
                text = json.dumps(changed, ensure_ascii=False, separators=(",", ":"))
                self._connection.execute(update(t.call_events).where(events.id == event_id).values(data=text))

    def delete_reservations_of(self, call_id: CallId) -> None:
        self._connection.execute(delete(t.reservations).where(t.reservations.c.call_id == call_id))

    def delete_recording(self, egress_id: EgressId) -> None:
        self._connection.execute(delete(t.recording_parts).where(t.recording_parts.c.egress_id == egress_id))
        self._connection.execute(delete(t.recordings).where(t.recordings.c.egress_id == egress_id))

    def recordings_ended_before(self, before_ms: int, limit: int) -> list[Recording]:
        found = self._connection.execute(_OLD_RECORDINGS, {"before_ms": before_ms, "max_rows": limit}).mappings()
        return [rows.recording_of(row) for row in found]

    def calls_with_old_words(self, before_ms: int, limit: int) -> list[Call]:
        found = self._connection.execute(_OLD_WORDS, {"before_ms": before_ms, "max_rows": limit}).mappings()
        return [rows.call_of(row) for row in found]

    def doom_file(self, file: DoomedFile) -> None:
        self._connection.execute(_DOOM, asdict(file))

    def doomed_files(self, limit: int) -> list[DoomedFile]:
        found = self._connection.execute(_DOOMED, {"max_rows": limit}).mappings()
        return [DoomedFile(**row) for row in found]

    def files_left(self, erasure_id: str) -> int:
        return self._connection.execute(_LEFT, {"erasure_id": erasure_id}).scalar_one()

    def spare_file(self, path: str) -> None:
        self._connection.execute(delete(t.doomed_files).where(t.doomed_files.c.path == path))

    def put_erasure(self, erasure: Erasure) -> None:
        self._connection.execute(_PUT_ERASURE, asdict(erasure))

    def erasure(self, erasure_id: str) -> Erasure | None:
        row = self._connection.execute(select(t.erasures).where(t.erasures.c.id == erasure_id)).mappings().first()
        return None if row is None else Erasure(**row)
