"""Callees, conferences, agents that come and go, members, recordings.

The large texts of a call must stay its last columns, and SQLite adds columns only behind them: so the table is made
anew. `control_api.adapters.sql_store.migrate` has switched foreign keys off; else dropping the old table would drop
everything that belongs to its calls.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEPT = (
    "id, version, room_name, call_type, caller_id, caller_name, callee_id, created_at_ms, ai_enabled, "
    "recording_enabled, voice, model, opened_at_ms, room_closed, status, connected_at_ms, ended_at_ms, end_reason, "
    "end_decided, end_detail, caller_joined_ms, caller_away_ms, caller_seen_ms, room_finished_ms, agent_state, "
    "agent_identity, agent_epoch, agent_worker_id, agent_job_id, agent_requested_ms, agent_dispatched_ms, "
    "agent_dispatches, agent_claimed_ms, agent_joined_ms, metadata, transcript_override, greeting, system_prompt"
)


def upgrade() -> None:
    for index in ("calls_by_callee", "calls_by_caller", "calls_by_room", "calls_by_time", "calls_one_open_per_room"):
        op.drop_index(index, table_name="calls")
    op.drop_index("calls_unclosed", table_name="calls")
    _create_calls("calls_new")
    op.execute(
        f"INSERT INTO calls_new ({_KEPT}, transcription_enabled, deserted_on_purpose, former_agents) "  # noqa: S608
        f"SELECT {_KEPT}, recording_enabled, {sa.false().compile(op.get_bind())}, '[]' FROM calls"
    )
    op.drop_table("calls")
    op.rename_table("calls_new", "calls")
    _create_indexes()
    _create_members()
    _create_recordings()


def _create_calls(name: str) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("room_name", sa.String(length=128), nullable=False),
        sa.Column("call_type", sa.String(length=16), nullable=False),
        sa.Column("caller_id", sa.String(length=256), nullable=False),
        sa.Column("caller_name", sa.String(length=256), nullable=False),
        sa.Column("callee_id", sa.String(length=256), nullable=True),
        sa.Column("created_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("ai_enabled", sa.Boolean(), nullable=False),
        sa.Column("recording_enabled", sa.Boolean(), nullable=False),
        sa.Column("transcription_enabled", sa.Boolean(), nullable=False),
        sa.Column("voice", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=128), nullable=True),
        sa.Column("opened_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("room_closed", sa.Boolean(), nullable=False),
        sa.Column("answered_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("recording_begun_ms", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("connected_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("end_reason", sa.String(length=32), nullable=True),
        sa.Column("end_decided", sa.Boolean(), nullable=False),
        sa.Column("end_detail", sa.String(length=256), nullable=True),
        sa.Column("caller_joined_ms", sa.BigInteger(), nullable=True),
        sa.Column("caller_away_ms", sa.BigInteger(), nullable=True),
        sa.Column("caller_seen_ms", sa.BigInteger(), nullable=True),
        sa.Column("callee_joined_ms", sa.BigInteger(), nullable=True),
        sa.Column("callee_away_ms", sa.BigInteger(), nullable=True),
        sa.Column("people_joined_ms", sa.BigInteger(), nullable=True),
        sa.Column("deserted_ms", sa.BigInteger(), nullable=True),
        sa.Column("deserted_on_purpose", sa.Boolean(), nullable=False),
        sa.Column("room_finished_ms", sa.BigInteger(), nullable=True),
        sa.Column("agent_state", sa.String(length=16), nullable=True),
        sa.Column("agent_identity", sa.String(length=64), nullable=True),
        sa.Column("agent_epoch", sa.Integer(), nullable=False),
        sa.Column("agent_worker_id", sa.String(length=128), nullable=True),
        sa.Column("agent_job_id", sa.String(length=128), nullable=True),
        sa.Column("agent_requested_ms", sa.BigInteger(), nullable=True),
        sa.Column("agent_dispatched_ms", sa.BigInteger(), nullable=True),
        sa.Column("agent_dispatches", sa.Integer(), nullable=False),
        sa.Column("agent_claimed_ms", sa.BigInteger(), nullable=True),
        sa.Column("agent_joined_ms", sa.BigInteger(), nullable=True),
        sa.Column("agent_gone_ms", sa.BigInteger(), nullable=True),
        sa.Column("agent_removed_ms", sa.BigInteger(), nullable=True),
        sa.Column("former_agents", sa.Text(), nullable=False),
        sa.Column("recording_url_override", sa.Text(), nullable=True),
        sa.Column("participant_ids", sa.Text(), nullable=True),
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.Column("transcript_override", sa.Text(), nullable=True),
        sa.Column("greeting", sa.Text(), nullable=True),
        sa.Column("system_prompt", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_indexes() -> None:
    op.create_index("calls_by_callee", "calls", ["callee_id", "created_at_ms"], unique=False)
    op.create_index("calls_by_caller", "calls", ["caller_id", "created_at_ms"], unique=False)
    op.create_index("calls_by_room", "calls", ["room_name", "created_at_ms"], unique=False)
    op.create_index("calls_by_time", "calls", ["created_at_ms"], unique=False)
    is_open = sa.text("status IN ('pending', 'ringing', 'connected')")
    op.create_index(
        "calls_one_open_per_room",
        "calls",
        ["room_name"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
    unclosed = sa.text("NOT room_closed")
    op.create_index(
        "calls_unclosed", "calls", ["status"], unique=False, sqlite_where=unclosed, postgresql_where=unclosed
    )


def _create_members() -> None:
    op.create_table(
        "members",
        sa.Column("call_id", sa.String(length=36), nullable=False),
        sa.Column("user_id", sa.String(length=256), nullable=False),
        sa.Column("name", sa.String(length=256), nullable=False),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("call_id", "user_id"),
    )
    op.create_index("members_by_user", "members", ["user_id"], unique=False)


def _create_recordings() -> None:
    op.create_table(
        "recordings",
        sa.Column("egress_id", sa.String(length=64), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=False),
        sa.Column("room_name", sa.String(length=128), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("file_type", sa.String(length=8), nullable=False),
        sa.Column("path", sa.String(length=512), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("egress_id"),
        sa.UniqueConstraint("path"),
    )
    in_progress = sa.text("state IN ('starting', 'active', 'stopping')")
    op.create_index(
        "recordings_one_in_progress",
        "recordings",
        ["call_id"],
        unique=True,
        sqlite_where=in_progress,
        postgresql_where=in_progress,
    )
    op.create_index("recordings_by_call", "recordings", ["call_id", "created_ms"], unique=False)
