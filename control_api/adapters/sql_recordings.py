"""The statements about recordings."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, replace

from sqlalchemy import Connection, bindparam, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from control_api.adapters import sql_rows as rows
from control_api.adapters import sql_tables as t
from control_api.adapters.sql_prepared import Prepared
from control_api.adapters.sql_put import put_statement
from control_api.ports import StaleCall
from control_api.recording_ports import PathTaken, RecordingInProgress, RecordingTx
from control_api.recording_records import Recording, RecordingPage, RecordingPart
from shared.ids import CallId, EgressId
from shared.recording_state import IN_PROGRESS, RecordingState

_R = t.recordings.c
_NEWEST_FIRST = (_R.created_ms.desc(), _R.egress_id.desc())
_RUNNING = _R.state.in_(sorted(IN_PROGRESS))
_CHANGING = (
    "version",
    "state",
    "stop_asked_ms",
    "first_epoch",
    "external_id",
    "ended_ms",
    "file_path",
    "peaks_path",
    "duration_ms",
    "size_bytes",
)
_INSERT = insert(t.recordings)
_SAVE = (
    update(t.recordings)
    .where(_R.egress_id == bindparam("key"), _R.version == bindparam("read_version"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGING})
)
_ONE = Prepared(select(t.recordings).where(_R.egress_id == bindparam("egress_id")))
_BY_PATH = Prepared(select(t.recordings).where(_R.path == bindparam("path")))
_BY_EXTERNAL_ID = Prepared(select(t.recordings).where(_R.external_id == bindparam("external_id")))
_OF_CALL = Prepared(select(t.recordings).where(_R.call_id == bindparam("call_id")).order_by(*_NEWEST_FIRST))
_WITH_RECORDINGS = select(_R.call_id).where(_R.call_id.in_(bindparam("call_ids", expanding=True))).distinct()
_COUNT_RUNNING = select(func.count()).select_from(t.recordings).where(_RUNNING)
_ALL_RUNNING = (
    select(t.recordings)
    .where(_RUNNING)
    .order_by(*_NEWEST_FIRST)
    .limit(bindparam("max_rows"))
    .offset(bindparam("skipped"))
)
_UNFINISHED = or_(*(_R.state == state for state in sorted([*IN_PROGRESS, RecordingState.UPLOADING])))
_ALL_UNFINISHED = Prepared(select(t.recordings).where(_UNFINISHED).order_by(_R.created_ms))
_P = t.recording_parts.c
_FILES = select(func.count()).where(_P.egress_id == _R.egress_id, _P.path.is_not(None)).scalar_subquery()
_IN_PARTS = Prepared(
    select(t.recordings)
    .where(_R.state == RecordingState.PARTIAL.value, _R.ended_ms >= bindparam("since_ms"), _FILES > 1)
    .order_by(_R.ended_ms.desc(), _R.egress_id)
    .limit(bindparam("max_rows"))
)
_PUT_PART = put_statement(t.recording_parts)
_PARTS = Prepared(
    select(t.recording_parts)
    .where(t.recording_parts.c.egress_id == bindparam("egress_id"))
    .order_by(t.recording_parts.c.part)
)


class SqlRecordingTx(RecordingTx):
    _connection: Connection
    _driver: sqlite3.Connection

    def insert_recording(self, recording: Recording) -> None:
        if self.recording_of_file(recording.path) is not None:
            raise PathTaken(recording.path)
        try:
            self._connection.execute(_INSERT, asdict(recording))
        except IntegrityError as error:
            raise RecordingInProgress from error

    def save_recording(self, recording: Recording) -> Recording:
        stored = replace(recording, version=recording.version + 1)
        values = {f"new_{name}": getattr(stored, name) for name in _CHANGING}
        key = {"key": stored.egress_id, "read_version": recording.version}
        if self._connection.execute(_SAVE, values | key).rowcount != 1:
            raise StaleCall(recording.egress_id)
        return stored

    def recording(self, egress_id: EgressId) -> Recording | None:
        row = _ONE.first(self._driver, egress_id=egress_id)
        return None if row is None else rows.recording_of(row)

    def recordings(self, call_id: CallId) -> list[Recording]:
        return [rows.recording_of(row) for row in _OF_CALL.all(self._driver, call_id=call_id)]

    def recording_of_file(self, path: str) -> Recording | None:
        row = _BY_PATH.first(self._driver, path=path)
        return None if row is None else rows.recording_of(row)

    def recording_by_external_id(self, external_id: str) -> Recording | None:
        row = _BY_EXTERNAL_ID.first(self._driver, external_id=external_id)
        return None if row is None else rows.recording_of(row)

    def calls_with_recordings(self, call_ids: Sequence[CallId]) -> set[CallId]:
        if not call_ids:
            return set()
        found = self._connection.execute(_WITH_RECORDINGS, {"call_ids": list(call_ids)}).scalars()
        return {CallId(call_id) for call_id in found}

    def recordings_in_progress(self, *, limit: int, offset: int) -> RecordingPage:
        total = self._connection.execute(_COUNT_RUNNING).scalar_one()
        found = self._connection.execute(_ALL_RUNNING, {"max_rows": limit, "skipped": offset}).mappings()
        return RecordingPage(tuple(rows.recording_of(row) for row in found), total)

    def unfinished_recordings(self) -> list[Recording]:
        return [rows.recording_of(row) for row in _ALL_UNFINISHED.all(self._driver)]

    def recordings_in_parts(self, since_ms: int, limit: int) -> list[Recording]:
        found = _IN_PARTS.all(self._driver, since_ms=since_ms, max_rows=limit)
        return [rows.recording_of(row) for row in found]

    def put_part(self, part: RecordingPart) -> None:
        self._connection.execute(_PUT_PART, asdict(part))

    def parts(self, egress_id: EgressId) -> list[RecordingPart]:
        return [rows.part_of(row) for row in _PARTS.all(self._driver, egress_id=egress_id)]
