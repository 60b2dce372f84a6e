"""The room at the media server of each call, which is another one for each: tokens say only which room they are for.
And when a caller who has not come asked for the call again.

Calls from before have the one by their name; where another call by that name has been opened since, theirs is gone.
The table is made anew, because its large texts must stay its last columns (see 0002), and with it its triggers.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from control_api.migrations.spoken_words import SEARCHABLE, triggers

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_OPEN = "status IN ('pending', 'ringing', 'connected')"


def upgrade() -> None:
    with op.batch_alter_table("calls", recreate="always") as calls:
        calls.add_column(
            sa.Column("media_room", sa.String(256), nullable=False, server_default=""),
            insert_after="created_at_ms",
            insert_before="ai_enabled",
        )
        calls.add_column(
            sa.Column("asked_ms", sa.BigInteger(), nullable=True),
            insert_after="opened_at_ms",
            insert_before="room_closed",
        )
    op.execute("UPDATE calls SET media_room = room_name")
    op.execute(
        f"UPDATE calls SET room_closed = {sa.true().compile(op.get_bind())} WHERE NOT ({_OPEN})"  # noqa: S608
        f" AND room_name IN (SELECT room_name FROM calls WHERE {_OPEN})"
    )
    op.create_index("calls_by_media_room", "calls", ["media_room", "created_at_ms"])
    for statement in triggers(SEARCHABLE):
        if " ON calls " in statement:
            op.execute(sa.text(statement))
