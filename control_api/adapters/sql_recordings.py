"""The statements about recordings."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, replace

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from control_api.adapters import sql_rows as rows
from control_api.adapters import sql_tables as t
from control_api.adapters.sql_prepared import Prepared
from control_api.ports import PathTaken, RecordingInProgress, RecordingTx, StaleCall
from control_api.records import Recording, RecordingPage
from shared.ids import CallId, EgressId
from shared.recording_state import IN_PROGRESS

_R = t.recordings.c
_NEWEST_FIRST = (_R.created_ms.desc(), _R.egress_id.desc())
_RUNNING = _R.state.in_(sorted(IN_PROGRESS))
_INSERT = insert(t.recordings)
_SAVE = (
    update(t.recordings)
    .where(_R.egress_id == bindparam("key"), _R.version == bindparam("read_version"))
    .values(version=bindparam("new_version"), state=bindparam("new_state"), ended_ms=bindparam("new_ended_ms"))
)
_ONE = Prepared(select(t.recordings).where(_R.egress_id == bindparam("egress_id")))
_BY_PATH = select(_R.egress_id).where(_R.path == bindparam("path"))
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


class SqlRecordingTx(RecordingTx):
    _connection: Connection
    _driver: sqlite3.Connection

    def insert_recording(self, recording: Recording) -> None:
        if self._connection.execute(_BY_PATH, {"path": recording.path}).first() is not None:
            raise PathTaken(recording.path)
        try:
            self._connection.execute(_INSERT, asdict(recording))
        except IntegrityError as error:
            raise RecordingInProgress from error

    def save_recording(self, recording: Recording) -> Recording:
        stored = replace(recording, version=recording.version + 1)
        values = {
            "key": stored.egress_id,
            "read_version": recording.version,
            "new_version": stored.version,
            "new_state": stored.state.value,
            "new_ended_ms": stored.ended_ms,
        }
        if self._connection.execute(_SAVE, values).rowcount != 1:
            raise StaleCall(recording.egress_id)
        return stored

    def recording(self, egress_id: EgressId) -> Recording | None:
        row = _ONE.first(self._driver, egress_id=egress_id)
        return None if row is None else rows.recording_of(row)

    def recordings(self, call_id: CallId) -> list[Recording]:
        return [rows.recording_of(row) for row in _OF_CALL.all(self._driver, call_id=call_id)]

    def calls_with_recordings(self, call_ids: Sequence[CallId]) -> set[CallId]:
        if not call_ids:
            return set()
        found = self._connection.execute(_WITH_RECORDINGS, {"call_ids": list(call_ids)}).scalars()
        return {CallId(call_id) for call_id in found}

    def recordings_in_progress(self, *, limit: int, offset: int) -> RecordingPage:
        total = self._connection.execute(_COUNT_RUNNING).scalar_one()
        found = self._connection.execute(_ALL_RUNNING, {"max_rows": limit, "skipped": offset}).mappings()
        return RecordingPage(tuple(rows.recording_of(row) for row in found), total)
