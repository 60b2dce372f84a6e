"""Alembic's entry; `control_api.migrate` gives the connection and its transaction."""

from __future__ import annotations

from alembic import context

from control_api.adapters.sql_tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
