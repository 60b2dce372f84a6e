"""Whether somebody spoke into a stretch of speech."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("segments", recreate="always") as segments:
        segments.add_column(
            sa.Column("is_cut", sa.Boolean(), nullable=False, server_default=sa.false()), insert_after="end_ms"
        )
