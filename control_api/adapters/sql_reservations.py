"""The statements of `control_api.idempotency`."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert as upsert

from control_api.adapters.sql_prepared import Prepared
from control_api.adapters.sql_tables import reservations
from control_api.idempotency import Reservation
from control_api.ports import ReservationTx

_ONE = Prepared(select(reservations).where(reservations.c.id == bindparam("reservation_id")))
_INSERT = upsert(reservations)
_PUT = _INSERT.on_conflict_do_update(
    index_elements=["id"],
    set_={column.name: _INSERT.excluded[column.name] for column in reservations.c if column.name != "id"},
)
_PRUNE = delete(reservations).where(reservations.c.created_ms < bindparam("before_ms"))


class SqlReservations(ReservationTx):
    _connection: Connection
    _driver: sqlite3.Connection

    def reservation(self, reservation_id: str) -> Reservation | None:
        row = _ONE.first(self._driver, reservation_id=reservation_id)
        return None if row is None else Reservation(**row)

    def put_reservation(self, reservation: Reservation) -> None:
        self._connection.execute(_PUT, asdict(reservation))

    def prune_reservations(self, before_ms: int) -> int:
        return self._connection.execute(_PRUNE, {"before_ms": before_ms}).rowcount
