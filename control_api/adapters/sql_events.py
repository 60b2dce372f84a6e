"""The statements of the log of events."""

from __future__ import annotations

import sqlite3

from sqlalchemy import bindparam, func, select

from control_api.adapters.sql_prepared import Prepared, Row
from control_api.adapters.sql_tables import call_events
from control_api.call_events import AnyEvent, CallEvent, decoded, encoded
from control_api.ports import EventTx
from shared.ids import CallId

_E = call_events.c
_ADD = "INSERT INTO call_events (call_id, at_ms, kind, data) VALUES (?, ?, ?, ?)"
"""On the driver: a turn of a call adds three or four of these, and SQLAlchemy would take most of their time."""
_NEWEST = Prepared(
    select(call_events).where(_E.call_id == bindparam("call_id")).order_by(_E.id.desc()).limit(bindparam("max_rows"))
)
_AFTER = Prepared(select(call_events).where(_E.id > bindparam("after_id")).order_by(_E.id).limit(bindparam("max_rows")))
_LAST = Prepared(select(func.max(_E.id).label("last")))


class SqlEventTx(EventTx):
    _driver: sqlite3.Connection

    def add_event(self, call_id: CallId, at_ms: int, data: AnyEvent) -> None:
        self._driver.execute(_ADD, (call_id, at_ms, data.kind, encoded(data)))

    def events(self, call_id: CallId, limit: int) -> list[CallEvent]:
        newest_first = _NEWEST.all(self._driver, call_id=call_id, max_rows=limit)
        return [_event_of(row) for row in reversed(newest_first)]

    def events_after(self, after_id: int, limit: int) -> list[CallEvent]:
        return [_event_of(row) for row in _AFTER.all(self._driver, after_id=after_id, max_rows=limit)]

    def last_event_id(self) -> int:
        row = _LAST.first(self._driver)
        return 0 if row is None or row["last"] is None else int(row["last"])


def _event_of(row: Row) -> CallEvent:
    return CallEvent(row["id"], CallId(row["call_id"]), row["at_ms"], decoded(row["kind"], row["data"]))
