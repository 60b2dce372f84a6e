"""The first tables: calls, the facts they are made of, the webhook inbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calls",
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
        sa.Column("voice", sa.String(length=64), nullable=False),
        sa.Column("model", sa.String(length=128), nullable=True),
        sa.Column("opened_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("room_closed", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("connected_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("ended_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("end_reason", sa.String(length=32), nullable=True),
        sa.Column("end_decided", sa.Boolean(), nullable=False),
        sa.Column("end_detail", sa.String(length=256), nullable=True),
        sa.Column("caller_joined_ms", sa.BigInteger(), nullable=True),
        sa.Column("caller_away_ms", sa.BigInteger(), nullable=True),
        sa.Column("caller_seen_ms", sa.BigInteger(), nullable=True),
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
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.Column("transcript_override", sa.Text(), nullable=True),
        sa.Column("greeting", sa.Text(), nullable=True),
        sa.Column("system_prompt", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("calls_by_callee", "calls", ["callee_id", "created_at_ms"], unique=False)
    op.create_index("calls_by_caller", "calls", ["caller_id", "created_at_ms"], unique=False)
    op.create_index("calls_by_room", "calls", ["room_name", "created_at_ms"], unique=False)
    op.create_index("calls_by_time", "calls", ["created_at_ms"], unique=False)
    op.create_index(
        "calls_one_open_per_room",
        "calls",
        ["room_name"],
        unique=True,
        sqlite_where=sa.text("status IN ('pending', 'ringing', 'connected')"),
        postgresql_where=sa.text("status IN ('pending', 'ringing', 'connected')"),
    )
    op.create_index(
        "calls_unclosed",
        "calls",
        ["status"],
        unique=False,
        sqlite_where=sa.text("NOT room_closed"),
        postgresql_where=sa.text("NOT room_closed"),
    )
    op.create_table(
        "webhook_inbox",
        sa.Column("event_id", sa.String(length=128), nullable=False),
        sa.Column("received_ms", sa.BigInteger(), nullable=False),
        sa.Column("applied_ms", sa.BigInteger(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("event_id"),
    )
    op.create_index(
        "webhook_inbox_unapplied",
        "webhook_inbox",
        ["received_ms"],
        unique=False,
        sqlite_where=sa.text("applied_ms IS NULL"),
        postgresql_where=sa.text("applied_ms IS NULL"),
    )
    op.create_table(
        "presence",
        sa.Column("call_id", sa.String(length=36), nullable=False),
        sa.Column("participant_sid", sa.String(length=64), nullable=False),
        sa.Column("room_sid", sa.String(length=64), nullable=False),
        sa.Column("identity", sa.String(length=256), nullable=False),
        sa.Column("joined_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("left_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("left_why", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("call_id", "participant_sid"),
    )
    op.create_table(
        "reports",
        sa.Column("call_id", sa.String(length=36), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("call_id", "epoch", "seq"),
    )
    op.create_table(
        "rooms",
        sa.Column("room_sid", sa.String(length=64), nullable=False),
        sa.Column("call_id", sa.String(length=36), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("finished_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("room_sid"),
    )
    op.create_index("rooms_by_call", "rooms", ["call_id"], unique=False)
    op.create_table(
        "segments",
        sa.Column("call_id", sa.String(length=36), nullable=False),
        sa.Column("segment_id", sa.String(length=128), nullable=False),
        sa.Column("speaker", sa.String(length=256), nullable=False),
        sa.Column("start_ms", sa.BigInteger(), nullable=False),
        sa.Column("end_ms", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("call_id", "segment_id"),
    )
    op.create_table(
        "turns",
        sa.Column("call_id", sa.String(length=36), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("response_ms", sa.Integer(), nullable=True),
        sa.Column("interrupted", sa.Boolean(), nullable=False),
        sa.Column("played_ms", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("call_id", "epoch", "turn"),
    )
    op.create_table(
        "usage",
        sa.Column("call_id", sa.String(length=36), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("input_tokens", sa.BigInteger(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cached_tokens", sa.BigInteger(), nullable=False),
        sa.Column("audio_tokens", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("call_id", "epoch", "seq"),
    )
