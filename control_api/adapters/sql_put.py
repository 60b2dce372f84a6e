"""Insert, or replace what is not of the key."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects.sqlite import insert as upsert


def put_statement(table: Any) -> Any:
    statement = upsert(table)
    key = [column.name for column in table.primary_key]
    return statement.on_conflict_do_update(
        index_elements=key,
        set_={column.name: statement.excluded[column.name] for column in table.c if column.name not in key},
    )
