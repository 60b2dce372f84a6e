"""Agents that were replaced, and when somebody last spoke.

The table is made anew, because its large texts must stay its last columns (see 0002).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("calls", recreate="always") as calls:
        calls.add_column(sa.Column("spoken_ms", sa.BigInteger(), nullable=True), insert_after="agent_removed_ms")
        calls.add_column(
            sa.Column("recovered_ms", sa.Text(), nullable=False, server_default="[]"), insert_after="former_agents"
        )
