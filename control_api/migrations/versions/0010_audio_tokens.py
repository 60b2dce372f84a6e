"""Which of a response's audio tokens were output, and which of the cached ones were audio. Of what was stored before,
nobody knows: 0, as workers say that cannot tell."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Made anew, so that it reads as one that was declared with these columns.
    with op.batch_alter_table("usage", recreate="always") as usage:
        for name in ("audio_output_tokens", "cached_audio_tokens"):
            usage.add_column(sa.Column(name, sa.BigInteger(), nullable=False, server_default=sa.text("0")))
