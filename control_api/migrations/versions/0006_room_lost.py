"""When the media server came back without a call's room."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Made anew, because its large texts must stay its last columns (see 0002).
    with op.batch_alter_table("calls", recreate="always") as calls:
        calls.add_column(sa.Column("room_lost_ms", sa.BigInteger(), nullable=True), insert_after="room_finished_ms")
