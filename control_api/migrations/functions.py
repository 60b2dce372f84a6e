"""Functions of ours that the triggers of the database call: each connection that writes must have them."""

from __future__ import annotations

from typing import Any

from control_api.spoken_terms import searchable


def add_functions(driver: Any) -> None:
    """To a connection of the sqlite3 module."""
    driver.create_function("searchable", 1, _searchable, deterministic=True)


def _searchable(text: str | None) -> str | None:
    return None if text is None else searchable(text)
