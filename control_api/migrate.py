"""Runs the migrations of `control_api/migrations` from code: no ini file, no working directory to be in."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from control_api.migrations.functions import add_functions

_SCRIPTS = Path(__file__).parent / "migrations"


def scripts_directory() -> Path:
    return _SCRIPTS


def upgrade(connection: Connection, revision: str = "head") -> None:
    """To that schema (the newest), on this connection, in one transaction."""
    config = Config()
    config.set_main_option("script_location", str(scripts_directory()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    add_functions(connection.connection.dbapi_connection)
    with connection.begin():
        command.upgrade(config, revision)
