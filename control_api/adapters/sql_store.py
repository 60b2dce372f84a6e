"""The store on SQLite: one writer thread with the one connection that writes, one connection that reads, and a thread
with a connection of its own for reads that take long.

Why so, and what was measured: docs/adr/0001-store.md. Reads run on the event loop: a point read takes 0.06 ms there
and 0.2 ms through a thread, and in WAL mode a reader never waits for the writer.
"""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from control_api.adapters.sql_prepared import driver_of
from control_api.adapters.sql_tx import SqlTx
from control_api.adapters.sql_writer import SqlWriter
from control_api.database_url import parse_url
from control_api.migrate import upgrade
from control_api.migrations.functions import add_functions
from control_api.ports import CallStore, CallTx, StoreAway, StoreUnusable

T = TypeVar("T")

BUSY_TIMEOUT_S = 5.0
"""How long a write waits for another process (a backup, a shell) that holds the write lock."""
BEGUN = "BEGUN"
"""A connection whose transactions are begun on the driver (`SqlStore.read`)."""


class SqlStore(CallStore):
    """Made by `open_store`."""

    def __init__(self, engine: Engine, reader: Connection, surveyor: Connection, writer: SqlWriter) -> None:
        self._engine = engine
        self._reader = reader
        self._surveyor = surveyor
        self._survey_thread = ThreadPoolExecutor(1, thread_name_prefix="store-survey")
        self._writer = writer

    async def write(self, use_case: Callable[[CallTx], T]) -> T:
        return await self._writer.write(use_case)

    async def read(self, use_case: Callable[[CallTx], T]) -> T:
        return _read(self._reader, use_case)

    async def survey(self, use_case: Callable[[CallTx], T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._survey_thread, _read, self._surveyor, use_case)

    async def aclose(self) -> None:
        """Waits for the writes and surveys that are under way."""
        await self._writer.aclose()
        await asyncio.get_running_loop().run_in_executor(self._survey_thread, self._surveyor.close)
        self._survey_thread.shutdown()
        self._reader.close()
        self._engine.dispose()


def _read(connection: Connection, use_case: Callable[[CallTx], T]) -> T:
    driver = driver_of(connection)
    # Not by SQLAlchemy: its begin and commit cost ten times what they do in SQLite.
    driver.execute("BEGIN")
    try:
        return use_case(SqlTx(connection))
    finally:
        connection.rollback()
        driver.rollback()


async def open_store(url: str) -> SqlStore:
    """Migrates the database and opens it. Raises `StoreUnusable`."""
    thread = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
    try:
        return await asyncio.get_running_loop().run_in_executor(thread, _open, url, thread)
    except BaseException:
        thread.shutdown(wait=False)
        raise


def migrate(url: str) -> None:
    """Brings the database to the newest schema. Raises `StoreUnusable`."""
    engine = _engine(url)
    try:
        with _connect(engine, "IMMEDIATE") as connection:
            _without_foreign_keys(connection)
            upgrade(connection)
    except CommandError:
        raise StoreUnusable("the database was made by a newer version of this program") from None
    except DBAPIError as error:
        raise StoreAway(f"the database cannot be migrated: {error.orig}") from None
    finally:
        engine.dispose()


def _without_foreign_keys(connection: Connection) -> None:
    """A migration that makes a table anew must be able to drop the old one without dropping what refers to it. SQLite
    takes this only outside of a transaction, hence not by SQLAlchemy, which would begin one."""
    driver = connection.connection.dbapi_connection
    if driver is not None:
        driver.cursor().execute("PRAGMA foreign_keys=OFF")


def _open(url: str, thread: ThreadPoolExecutor) -> SqlStore:
    migrate(url)
    engine = _engine(url)
    reader, surveyor = _connect(engine, BEGUN), _connect(engine, BEGUN)
    return SqlStore(engine, reader, surveyor, SqlWriter(_connect(engine, "IMMEDIATE"), thread))


def _engine(url: str) -> Engine:
    try:
        parsed = parse_url(url)
    except ValueError as error:
        raise StoreUnusable(f"the database URL {error}") from None
    _prepare_file(Path(parsed.database or ""))
    engine = create_engine(
        parsed,
        poolclass=NullPool,
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_S, "isolation_level": None},
    )
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _connect(engine: Engine, begin: str) -> Connection:
    try:
        return engine.connect().execution_options(voice_begin=begin)
    except DBAPIError as error:
        raise StoreAway(f"the database cannot be opened: {error.orig}") from None


def _prepare_file(path: Path) -> None:
    """The record of who called whom is nobody else's business: the file is its owner's only."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=stat.S_IRUSR | stat.S_IWUSR)
    except OSError as error:
        raise StoreAway(f"the database file cannot be made: {error.strerror}") from None


def _configure(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "temp_store=MEMORY"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    add_functions(connection)


def _begin(connection: Connection) -> None:
    # The driver's own implicit BEGIN is off (isolation_level None): a transaction that will write takes the write
    # lock at its start, so that it never fails half way because somebody else wrote in between.
    how = connection.get_execution_options().get("voice_begin", "DEFERRED")
    if how != BEGUN:
        connection.exec_driver_sql(f"BEGIN {how}")
