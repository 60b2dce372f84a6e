"""Words are found in scripts without spaces between them, too: the index of what was said is made anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from control_api.migrations.spoken_words import INDEX, SEARCHABLE, fill, triggers, without_triggers

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for statement in (
        *without_triggers(),
        "DROP TABLE spoken_words",
        INDEX,
        *fill(SEARCHABLE),
        *triggers(SEARCHABLE),
    ):
        op.execute(sa.text(statement))
