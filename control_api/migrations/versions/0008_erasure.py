"""Files that must go from the store, the receipts of erasures, and where the waveform of a recording lies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("recordings", recreate="always") as recordings:
        recordings.add_column(sa.Column("peaks_path", sa.String(512), nullable=True), insert_after="file_path")
    op.create_table(
        "doomed_files",
        sa.Column("path", sa.String(1024), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("erasure_id", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("path"),
    )
    op.create_index("doomed_files_by_time", "doomed_files", ["since_ms"])
    op.create_table(
        "erasures",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("user_hash", sa.String(64), nullable=False),
        sa.Column("asked_by", sa.String(256), nullable=False),
        sa.Column("asked_ms", sa.BigInteger(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("recordings", sa.Integer(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("completed_ms", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
