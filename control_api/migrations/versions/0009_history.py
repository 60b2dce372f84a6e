"""Full text over what was said, and the lists that an operator asks for.

`spoken_words` is an index of SQLite's FTS5. Triggers keep it: words are written, replaced, cut by an erasure and
deleted with their call in several places, and none of them can forget it so. Who makes `segments` or `calls` anew in a
later migration makes their triggers anew as well (`control_api/migrations/spoken_words.py`); a test looks for them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from control_api.migrations.spoken_words import AS_IT_IS, FILL_KEYS, FIRST_INDEX, fill, triggers

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("calls_by_status", "calls", ["status", "created_at_ms"])
    op.create_table(
        "spoken",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=False),
        sa.Column("segment_id", sa.String(length=128), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("spoken_by_segment", "spoken", ["call_id", "segment_id"])
    for statement in (FIRST_INDEX, *FILL_KEYS, *fill(AS_IT_IS), *triggers(AS_IT_IS)):
        op.execute(sa.text(statement))
