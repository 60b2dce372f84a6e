"""What recordings are made of: their parts, and the hidden participant that writes them. What was cut of a transcript.

The table of calls is made anew, because its large texts must stay its last columns (see 0002).
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# (name, type, the column before it, the column behind it), or at the end. Both are named: alembic sorts by what it is
# told of the order, and what it is not told comes out differently from run to run.
_NEW_COLUMNS: tuple[tuple[str, Any, str | None, str | None], ...] = (
    ("asked_by", sa.String(256), "created_ms", "ended_ms"),
    ("stop_asked_ms", sa.BigInteger(), "asked_by", "ended_ms"),
    ("first_epoch", sa.Integer(), "stop_asked_ms", "ended_ms"),
    ("external_id", sa.String(128), "first_epoch", "ended_ms"),
    ("file_path", sa.String(512), None, None),
    ("duration_ms", sa.BigInteger(), None, None),
    ("size_bytes", sa.BigInteger(), None, None),
)
_UNFINISHED = sa.text("state IN ('starting', 'active', 'stopping', 'uploading')")


def upgrade() -> None:
    with op.batch_alter_table("calls", recreate="always") as calls:
        calls.add_column(sa.Column("recorder", sa.Text(), nullable=True), insert_after="former_agents")
    with op.batch_alter_table("recordings", recreate="always") as recordings:
        for name, kind, after, before in _NEW_COLUMNS:
            recordings.add_column(sa.Column(name, kind, nullable=True), insert_after=after, insert_before=before)
    with op.batch_alter_table("segments", recreate="always") as segments:
        segments.add_column(
            sa.Column("is_cut", sa.Boolean(), nullable=False, server_default=sa.false()), insert_after="end_ms"
        )
    op.create_index("recordings_by_external_id", "recordings", ["external_id"])
    op.create_index(
        "recordings_unfinished",
        "recordings",
        ["created_ms"],
        sqlite_where=_UNFINISHED,
        postgresql_where=_UNFINISHED,
    )
    op.create_table(
        "recording_parts",
        sa.Column("egress_id", sa.String(64), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("started_ms", sa.BigInteger(), nullable=True),
        sa.Column("cause", sa.String(32), nullable=True),
        sa.Column("duration_ms", sa.BigInteger(), nullable=True),
        sa.Column("path", sa.String(1024), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("peaks_path", sa.String(1024), nullable=True),
        sa.Column("failed", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(["egress_id"], ["recordings.egress_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("egress_id", "part"),
    )
