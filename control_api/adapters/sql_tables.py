"""The tables, as SQLAlchemy Core declares them. `control_api/migrations` makes them; a test proves that both agree.

All times are milliseconds since 1970 UTC. The large texts of a call are its last columns, and statements name the
columns that they want: SQLite then never reads the pages on which they lie.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    column,
    event,
    false,
    table,
    text,
)

from control_api.migrations.spoken_words import INDEX, SEARCHABLE, triggers

metadata = MetaData()


def _call_id(*, primary_key: bool = True) -> Column[str]:
    return Column(
        "call_id", String(36), ForeignKey("calls.id", ondelete="CASCADE"), primary_key=primary_key, nullable=False
    )


calls = Table(
    "calls",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("room_name", String(128), nullable=False),
    Column("call_type", String(16), nullable=False),
    Column("caller_id", String(256), nullable=False),
    Column("caller_name", String(256), nullable=False),
    Column("callee_id", String(256)),
    Column("created_at_ms", BigInteger, nullable=False),
    Column("media_room", String(256), nullable=False, server_default=""),
    Column("ai_enabled", Boolean, nullable=False),
    Column("recording_enabled", Boolean, nullable=False),
    Column("transcription_enabled", Boolean, nullable=False),
    Column("voice", String(64), nullable=False),
    Column("model", String(128)),
    Column("opened_at_ms", BigInteger),
    Column("asked_ms", BigInteger),
    Column("room_closed", Boolean, nullable=False),
    Column("answered_at_ms", BigInteger),
    Column("recording_begun_ms", BigInteger),
    Column("status", String(16), nullable=False),
    Column("connected_at_ms", BigInteger),
    Column("ended_at_ms", BigInteger),
    Column("end_reason", String(32)),
    Column("end_decided", Boolean, nullable=False),
    Column("end_detail", String(256)),
    Column("caller_joined_ms", BigInteger),
    Column("caller_away_ms", BigInteger),
    Column("caller_seen_ms", BigInteger),
    Column("callee_joined_ms", BigInteger),
    Column("callee_away_ms", BigInteger),
    Column("people_joined_ms", BigInteger),
    Column("deserted_ms", BigInteger),
    Column("deserted_on_purpose", Boolean, nullable=False),
    Column("room_finished_ms", BigInteger),
    Column("room_lost_ms", BigInteger),
    Column("agent_state", String(16)),
    Column("agent_identity", String(64)),
    Column("agent_epoch", Integer, nullable=False),
    Column("agent_worker_id", String(128)),
    Column("agent_job_id", String(128)),
    Column("agent_requested_ms", BigInteger),
    Column("agent_dispatched_ms", BigInteger),
    Column("agent_dispatches", Integer, nullable=False),
    Column("agent_claimed_ms", BigInteger),
    Column("agent_joined_ms", BigInteger),
    Column("agent_gone_ms", BigInteger),
    Column("agent_removed_ms", BigInteger),
    Column("spoken_ms", BigInteger),
    Column("former_agents", Text, nullable=False),
    Column("recorder", Text),
    Column("recovered_ms", Text, nullable=False, server_default="[]"),
    Column("recording_url_override", Text),
    Column("participant_ids", Text),
    Column("metadata", Text, nullable=False),
    Column("transcript_override", Text),
    Column("greeting", Text),
    Column("system_prompt", Text, nullable=False),
)

_OPEN = text("status IN ('pending', 'ringing', 'connected')")
# One open call per room name: the database refuses the second, however two requests race.
Index("calls_one_open_per_room", calls.c.room_name, unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)
Index("calls_by_room", calls.c.room_name, calls.c.created_at_ms)
Index("calls_by_media_room", calls.c.media_room, calls.c.created_at_ms)
Index("calls_by_caller", calls.c.caller_id, calls.c.created_at_ms)
Index("calls_by_callee", calls.c.callee_id, calls.c.created_at_ms)
Index("calls_by_time", calls.c.created_at_ms)
Index("calls_by_status", calls.c.status, calls.c.created_at_ms)
_UNCLOSED = text("NOT room_closed")
# Open calls, and ended ones of which something may be left: what the upkeep looks at every second.
Index("calls_unclosed", calls.c.status, sqlite_where=_UNCLOSED, postgresql_where=_UNCLOSED)

rooms = Table(
    "rooms",
    metadata,
    Column("room_sid", String(64), primary_key=True),
    _call_id(primary_key=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("finished_ms", BigInteger),
)
Index("rooms_by_call", rooms.c.call_id)

presence = Table(
    "presence",
    metadata,
    _call_id(),
    Column("participant_sid", String(64), primary_key=True),
    Column("room_sid", String(64), nullable=False),
    Column("identity", String(256), nullable=False),
    Column("joined_at_ms", BigInteger),
    Column("left_at_ms", BigInteger),
    Column("left_why", String(16)),
)

members = Table(
    "members",
    metadata,
    _call_id(),
    Column("user_id", String(256), primary_key=True),
    Column("name", String(256), nullable=False),
    Column("since_ms", BigInteger, nullable=False),
)
Index("members_by_user", members.c.user_id)

recordings = Table(
    "recordings",
    metadata,
    Column("egress_id", String(64), primary_key=True),
    _call_id(primary_key=False),
    Column("room_name", String(128), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("file_type", String(8), nullable=False),
    Column("path", String(512), nullable=False, unique=True),
    Column("created_ms", BigInteger, nullable=False),
    Column("asked_by", String(256)),
    Column("stop_asked_ms", BigInteger),
    Column("first_epoch", Integer),
    Column("external_id", String(128)),
    Column("ended_ms", BigInteger),
    Column("file_path", String(512)),
    Column("peaks_path", String(512)),
    Column("duration_ms", BigInteger),
    Column("size_bytes", BigInteger),
)
_IN_PROGRESS = text("state IN ('starting', 'active', 'stopping')")
# One recording at a time: the database refuses the second, however two requests race.
Index(
    "recordings_one_in_progress",
    recordings.c.call_id,
    unique=True,
    sqlite_where=_IN_PROGRESS,
    postgresql_where=_IN_PROGRESS,
)
Index("recordings_by_external_id", recordings.c.external_id)
Index("recordings_by_call", recordings.c.call_id, recordings.c.created_ms)
_UNFINISHED = text("state IN ('starting', 'active', 'stopping', 'uploading')")
# What the upkeep looks at every second.
Index("recordings_unfinished", recordings.c.created_ms, sqlite_where=_UNFINISHED, postgresql_where=_UNFINISHED)

recording_parts = Table(
    "recording_parts",
    metadata,
    Column(
        "egress_id",
        String(64),
        ForeignKey("recordings.egress_id", ondelete="CASCADE"),
        primary_key=True,
        nullable=False,
    ),
    Column("part", Integer, primary_key=True),
    Column("started_ms", BigInteger),
    Column("cause", String(32)),
    Column("duration_ms", BigInteger),
    Column("path", String(1024)),
    Column("size_bytes", BigInteger),
    Column("sha256", String(64)),
    Column("peaks_path", String(1024)),
    Column("failed", String(64)),
)

segments = Table(
    "segments",
    metadata,
    _call_id(),
    Column("segment_id", String(128), primary_key=True),
    Column("speaker", String(256), nullable=False),
    Column("start_ms", BigInteger, nullable=False),
    Column("end_ms", BigInteger, nullable=False),
    Column("is_cut", Boolean, nullable=False, server_default=false()),
    Column("text", Text, nullable=False),
)

# Names the rows of the full-text index (`control_api.migrations.spoken_words`), which triggers keep.
spoken = Table(
    "spoken",
    metadata,
    Column("id", Integer, primary_key=True),
    _call_id(primary_key=False),
    Column("segment_id", String(128)),
)
Index("spoken_by_segment", spoken.c.call_id, spoken.c.segment_id)
for _statement in (INDEX, *triggers(SEARCHABLE)):
    _made: Any = DDL(_statement)  # type: ignore[no-untyped-call]
    event.listen(metadata, "after_create", _made.execute_if(dialect="sqlite"))
# Not of `metadata`: SQLAlchemy cannot make it.
spoken_words = table("spoken_words", column("rowid", Integer), column("words", Text))

reports = Table(
    "reports",
    metadata,
    _call_id(),
    Column("epoch", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
)

turns = Table(
    "turns",
    metadata,
    _call_id(),
    Column("epoch", Integer, primary_key=True),
    Column("turn", Integer, primary_key=True),
    Column("response_ms", Integer),
    Column("interrupted", Boolean, nullable=False),
    Column("played_ms", BigInteger, nullable=False),
)

usage = Table(
    "usage",
    metadata,
    _call_id(),
    Column("epoch", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("input_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("cached_tokens", BigInteger, nullable=False),
    Column("audio_tokens", BigInteger, nullable=False),
    Column("audio_output_tokens", BigInteger, nullable=False, server_default=text("0")),
    Column("cached_audio_tokens", BigInteger, nullable=False, server_default=text("0")),
)

webhook_inbox = Table(
    "webhook_inbox",
    metadata,
    Column("event_id", String(128), primary_key=True),
    Column("received_ms", BigInteger, nullable=False),
    Column("applied_ms", BigInteger),
    Column("payload", Text, nullable=False),
)
_UNAPPLIED = text("applied_ms IS NULL")
Index(
    "webhook_inbox_unapplied",
    webhook_inbox.c.received_ms,
    sqlite_where=_UNAPPLIED,
    postgresql_where=_UNAPPLIED,
)

reservations = Table(
    "idempotency",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("call_id", String(36)),
    Column("answer", Text),
)
Index("idempotency_by_time", reservations.c.created_ms)

call_events = Table(
    "call_events",
    metadata,
    # AUTOINCREMENT: an id is not used again even when the newest call is deleted, so that "after this id" stays true.
    Column("id", Integer, primary_key=True),
    _call_id(primary_key=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("data", Text, nullable=False),
    sqlite_autoincrement=True,
)
Index("call_events_by_call", call_events.c.call_id, call_events.c.id)

doomed_files = Table(
    "doomed_files",
    metadata,
    Column("path", String(1024), primary_key=True),
    Column("since_ms", BigInteger, nullable=False),
    Column("erasure_id", String(64)),
)
Index("doomed_files_by_time", doomed_files.c.since_ms)

erasures = Table(
    "erasures",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("user_hash", String(64), nullable=False),
    Column("asked_by", String(256), nullable=False),
    Column("asked_ms", BigInteger, nullable=False),
    Column("calls", Integer, nullable=False),
    Column("recordings", Integer, nullable=False),
    Column("segments", Integer, nullable=False),
    Column("completed_ms", BigInteger),
)
