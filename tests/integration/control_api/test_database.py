"""The schema, and what a crash leaves of the data."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import sqlite3
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from control_api.adapters.sql_store import migrate, open_store
from control_api.adapters.sql_tables import metadata
from control_api.migrate import upgrade
from control_api.ports import CallTx, StoreUnusable
from control_api.records import Instructions
from control_api.spoken_terms import searchable
from shared.ids import CallId, RoomName
from tests.support.api_process import REPOSITORY, ApiProcess
from tests.support.calls import CALL, a_call


def schema(path: Path) -> dict[str, str]:
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    connection.close()
    return {name: _normal(sql) for name, sql in rows if name != "alembic_version"}


def _normal(sql: str) -> str:
    """Without the quotes of a table that was renamed, and the constraints sorted: alembic keeps them in a set, and
    writes them in another order in the next run. The columns stay in theirs."""
    parts = re.split(r", (?=UNIQUE|FOREIGN KEY|PRIMARY KEY|CHECK)", " ".join(sql.replace('"', "").split()).rstrip(" )"))
    return ", ".join([parts[0], *sorted(part.rstrip(" )") for part in parts[1:])])


def test_migrations_and_declared_tables_agree(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path}/migrated.db")
    engine = create_engine(f"sqlite:///{tmp_path}/declared.db")
    metadata.create_all(engine)
    engine.dispose()
    assert schema(tmp_path / "migrated.db") == schema(tmp_path / "declared.db")

    engine = create_engine(f"sqlite:///{tmp_path}/migrated.db")
    with engine.connect() as connection:
        # The full-text index is not SQLAlchemy's; that it is there, with its triggers, was compared above.
        opts = {"compare_type": True, "include_name": lambda name, kind, _: not str(name).startswith("spoken_words")}
        context = MigrationContext.configure(connection, opts=opts)
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/deep/er/voice.db"
    migrate(url)
    before = schema(tmp_path / "deep/er/voice.db")
    migrate(url)
    assert schema(tmp_path / "deep/er/voice.db") == before
    assert stat.S_IMODE((tmp_path / "deep/er/voice.db").stat().st_mode) == 0o600


def test_migrate_is_a_command(tmp_path: Path) -> None:
    api = ApiProcess(tmp_path)
    assert api.run("migrate").returncode == 0
    assert "calls" in schema(api.database)


async def test_the_store_writes_ahead_and_to_the_disk(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path}/voice.db")

    def pragmas(tx: CallTx) -> list[object]:
        connection = tx._connection  # type: ignore[attr-defined]
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    assert await store.write(pragmas) == ["wal", 2, 1]
    await store.aclose()


async def test_many_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    store = await open_store(f"sqlite:///{tmp_path}/voice.db")
    await store.write(lambda tx: tx.insert_call(a_call(), Instructions()))

    def count_up(tx: CallTx) -> None:
        call = tx.call(CALL)
        assert call is not None
        tx.save_call(replace(call, agent_dispatches=call.agent_dispatches + 1))

    await asyncio.gather(*(store.write(count_up) for _ in range(50)))
    call = await store.read(lambda tx: tx.call(CALL))
    assert call is not None
    assert call.agent_dispatches == 51
    await store.aclose()


def test_a_database_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreUnusable, match="cannot be made"):
        migrate(f"sqlite:///{tmp_path}/file/voice.db")
    (tmp_path / "broken.db").write_text("this is no database" * 100)
    with pytest.raises(StoreUnusable, match="cannot be"):
        migrate(f"sqlite:///{tmp_path}/broken.db")


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "voice.db"
    migrate(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'tomorrow'")
    connection.close()
    with pytest.raises(StoreUnusable, match="newer version"):
        migrate(f"sqlite:///{path}")


WRITER = """
import asyncio, sys
from control_api.adapters.sql_store import open_store
from control_api.records import Instructions
from shared.ids import CallId, RoomName
from tests.support.calls import a_call

async def main():
    store = await open_store(sys.argv[1])
    for number in range(1_000_000):
        call = a_call(id=CallId(f"c{number}"), room_name=RoomName(f"r{number}"))
        await store.write(lambda tx: tx.insert_call(call, Instructions("x" * 2000)))
        sys.stdout.write(f"{number}\\n"); sys.stdout.flush()

asyncio.run(main())
"""


def write_until_killed(url: str, after: int) -> int:
    """A process writes as fast as it can, and is killed; the last write that it had acknowledged."""
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, url],
        stdout=subprocess.PIPE,
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
    )
    assert writer.stdout is not None
    with writer.stdout as said:
        acknowledged = -1
        while acknowledged < after:
            acknowledged = int(said.readline())
        writer.kill()
        rest = said.read().split()
    writer.wait()
    return int(rest[-1]) if rest else acknowledged


@pytest.mark.parametrize("turn", range(3))
async def test_what_was_acknowledged_is_there_after_a_kill(tmp_path: Path, turn: int) -> None:
    url = f"sqlite:///{tmp_path}/voice.db"
    acknowledged = write_until_killed(url, 20 + 17 * turn)
    store = await open_store(url)
    missing = [
        number
        for number in range(acknowledged + 1)
        if not await store.read(lambda tx, n=number: tx.call(CallId(f"c{n}")))  # type: ignore[misc]
    ]
    assert missing == []
    assert await store.read(lambda tx: tx.open_call_in(RoomName("r0")))
    await store.aclose()
    with sqlite3.connect(tmp_path / "voice.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()


@pytest.mark.timeout(3600)
def test_writers_that_are_killed_again_and_again_tear_nothing(tmp_path: Path) -> None:
    """50 kills in `make test`; VOICE_TEST_KILLS=1000 for the long form, VOICE_TEST_SEED for the same moments again."""
    kills = os.environ.get("VOICE_TEST_KILLS", "50")
    seed = os.environ.get("VOICE_TEST_SEED") or str(secrets.randbelow(10**6))
    print(f"{kills} kills, seed {seed}")
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.integration.control_api.killed_writers",
            f"sqlite:///{tmp_path}/v.db",
            kills,
            seed,
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    assert int(run.stdout) >= int(kills), "each writer has acknowledged something"


def test_the_second_migration_keeps_calls_and_what_belongs_to_them(tmp_path: Path) -> None:
    database = tmp_path / "voice.db"
    upgrade_to(database, "0001")
    with sqlite3.connect(database) as connection:
        connection.execute(
            "INSERT INTO calls (id, version, room_name, call_type, caller_id, caller_name, created_at_ms, ai_enabled,"
            " recording_enabled, voice, room_closed, status, end_decided, agent_epoch, agent_dispatches, metadata,"
            " system_prompt) VALUES ('c1', 3, 'r', 'support', 'u', 'U', 7, 1, 1, 'alloy', 0, 'ringing', 0, 1, 1,"
            " '{}', 'Be kind.')"
        )
        connection.execute(
            "INSERT INTO presence (call_id, participant_sid, room_sid, identity) VALUES ('c1', 'PA', 'RM', 'u')"
        )
    connection.close()
    migrate(f"sqlite:///{database}")
    with sqlite3.connect(database) as connection:
        row = connection.execute(
            "SELECT version, room_name, transcription_enabled, former_agents, system_prompt FROM calls"
        ).fetchall()
        stays = connection.execute("SELECT call_id, participant_sid FROM presence").fetchall()
        problems = connection.execute("PRAGMA foreign_key_check").fetchall()
    connection.close()
    assert row == [(3, "r", 1, "[]", "Be kind.")]
    assert (stays, problems) == ([("c1", "PA")], [])


def test_a_call_that_runs_while_the_service_is_renewed_keeps_its_room(tmp_path: Path) -> None:
    """Its people are in the one by its name. A call before it by that name has left nothing there."""
    database = tmp_path / "voice.db"
    upgrade_to(database, "0011")
    columns = (
        "INSERT INTO calls (id, version, room_name, call_type, caller_id, caller_name, created_at_ms, ai_enabled,"
        " recording_enabled, transcription_enabled, voice, room_closed, status, deserted_on_purpose, end_decided,"
        " agent_epoch, agent_dispatches, former_agents, metadata, transcript_override, system_prompt)"
    )
    with sqlite3.connect(database) as connection:
        connection.create_function("searchable", 1, searchable)
        for call_id, name, status, at_ms in (
            ("c1", "board", "completed", 6),
            ("c2", "board", "connected", 7),
            ("c3", "desk", "completed", 8),
        ):
            row = (call_id, name, at_ms, status, f"Words of {call_id}.")
            connection.execute(
                f"{columns} VALUES (?1, 1, ?2, 'conference', 'u', 'U', ?3, 0, 0, 0, 'alloy', 0, ?4, 0, 0, 0, 0, '[]',"
                " '{}', ?5, '')",
                row,
            )
    connection.close()
    migrate(f"sqlite:///{database}")
    with sqlite3.connect(database) as connection:
        connection.create_function("searchable", 1, searchable)
        rows = connection.execute("SELECT id, media_room, room_closed FROM calls ORDER BY id").fetchall()
        connection.execute("UPDATE calls SET transcript_override = 'Others.' WHERE id = 'c3'")
        search = "SELECT count(*) FROM spoken_words WHERE spoken_words MATCH ?"
        (words,), (others,) = (connection.execute(search, (word,)).fetchone() for word in ("words", "others"))
    connection.close()
    assert rows == [("c1", "board", 1), ("c2", "board", 0), ("c3", "desk", 0)]
    assert (words, others) == (2, 1), "the triggers of the table are there"


def upgrade_to(database: Path, revision: str) -> None:
    engine = create_engine(f"sqlite:///{database}")
    with engine.connect() as connection:
        upgrade(connection, revision)
    engine.dispose()
