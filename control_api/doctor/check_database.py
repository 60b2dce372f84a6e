"""The database: can it be opened and written, has it the schema of this version, does it survive a crash."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from alembic.script import ScriptDirectory

from control_api.database_url import parse_url
from control_api.doctor.findings import Finding, ok, problem
from control_api.migrate import scripts_directory

NAME = "database"
_LOCKED_WITHIN_S = 3.0
_MIGRATE = "Run `python -m control_api migrate` (the API does so itself whenever it starts)."


def check_database(url: str) -> Finding:
    path = Path(parse_url(url).database or "")
    if not path.exists():
        return _not_made_yet(path)
    try:
        with closing(sqlite3.connect(path, timeout=_LOCKED_WITHIN_S, isolation_level=None)) as connection:
            return _look_inside(connection, path)
    except sqlite3.Error as error:
        return problem(NAME, f"{path} cannot be used: {error}.", _advice(str(error)))


def _not_made_yet(path: Path) -> Finding:
    parent = next(one for one in path.absolute().parents if one.exists())
    if os.access(parent, os.W_OK):
        return ok(NAME, f"{path} is not there yet; it is made when the API starts.")
    return problem(
        NAME,
        f"{path} cannot be made.",
        f"Let the user that runs the API write to {parent}, or set VOICE_DATABASE_URL.",
    )


def _look_inside(connection: sqlite3.Connection, path: Path) -> Finding:
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute("CREATE TABLE doctor_was_here (x)")
    finally:
        connection.execute("ROLLBACK")
    revision = _revision(connection)
    newest = ScriptDirectory(str(scripts_directory())).get_current_head()
    if revision is None:
        return problem(NAME, f"{path} has no tables of ours.", _MIGRATE)
    if revision != newest:
        return problem(NAME, f"{path} has schema {revision}, this version needs {newest}.", _MIGRATE)
    mode = str(connection.execute("PRAGMA journal_mode").fetchone()[0])
    if mode != "wal":
        return problem(
            NAME,
            f"{path} has journal mode {mode}, not wal.",
            "Keep it on a local disk: network drives cannot do WAL.",
        )
    return ok(NAME, f"{path} is writable, schema {revision}, WAL.")


def _revision(connection: sqlite3.Connection) -> str | None:
    try:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.OperationalError:
        return None
    return None if row is None else str(row[0])


def _advice(error: str) -> str:
    if "locked" in error:
        return "End the program that holds its write lock (a shell, a backup), or wait for it."
    if "readonly" in error or "unable to open" in error:
        return "Give the user that runs the API the right to write the file and its directory."
    if "malformed" in error or "not a database" in error:
        return "Restore it from a backup: the file is damaged or is something else."
    return "Look at the disk: is there space, and is it mounted for writing?"
