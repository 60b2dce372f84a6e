"""Calls as the contract shows them. Pure: records and the time in, models out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from control_api.records import Call, StoredSegment
from control_api.routes.session_models import CreatedSession, SessionDetail, SessionItem, TranscriptSegment
from control_api.services.open_call import Opened
from control_api.voices import effective_voice
from shared.agent_state import public_status
from shared.call_report import AGENT_SPEAKER

AGENT_LABEL = "AI"


def iso(at_ms: int) -> str:
    """UTC with milliseconds and ``Z``."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def iso_or_none(at_ms: int | None) -> str | None:
    return None if at_ms is None else iso(at_ms)


def duration_s(call: Call, now_ms: int) -> int:
    """Whole seconds since the call was connected, until its end."""
    if call.connected_at_ms is None:
        return 0
    until_ms = now_ms if call.ended_at_ms is None else call.ended_at_ms
    return max(0, until_ms - call.connected_at_ms) // 1000


def created(opened: Opened, livekit_host: str) -> CreatedSession:
    call = opened.call
    return CreatedSession(
        call_id=call.id,
        room_name=call.room_name,
        participant_name=call.caller_name,
        token=opened.token.jwt,
        token_expires_at=iso(opened.token.expires_ms),
        livekit_host=livekit_host,
        call_type=call.call_type,
        status=call.status,
        agent_spawned=call.ai_enabled,
        agent_status=public_status(call.agent_state),
        recording_enabled=False,  # there is no recorder yet
        effective_voice=effective_voice(call.voice),
        created_at=iso(call.created_at_ms),
    )


def detail(call: Call, segments: Sequence[StoredSegment], *, agent_available: bool, now_ms: int) -> SessionDetail:
    return SessionDetail(
        call_id=call.id,
        room_name=call.room_name,
        call_type=call.call_type,
        status=call.status,
        started_at=iso(call.created_at_ms),
        connected_at=iso_or_none(call.connected_at_ms),
        ended_at=iso_or_none(call.ended_at_ms),
        duration=duration_s(call, now_ms),
        recording_url=None,
        transcript=transcript(call, segments),
        metadata=dict(call.metadata),
        agent_status=public_status(call.agent_state),
        agent_available=agent_available,
        created_at=iso(call.created_at_ms),
        end_reason=call.end_reason,
        agent_joined_ms=None if call.agent_joined_ms is None else max(0, call.agent_joined_ms - call.created_at_ms),
        transcript_segments=[_segment(call, segment) for segment in segments],
        effective_voice=effective_voice(call.voice),
        caller_id=call.caller_id,
        callee_id=call.callee_id,
    )


def item(call: Call, *, has_segments: bool, now_ms: int) -> SessionItem:
    return SessionItem(
        call_id=call.id,
        room_name=call.room_name,
        call_type=call.call_type,
        status=call.status,
        started_at=iso(call.created_at_ms),
        connected_at=iso_or_none(call.connected_at_ms),
        ended_at=iso_or_none(call.ended_at_ms),
        duration=duration_s(call, now_ms),
        has_recording=False,
        has_transcript=has_segments or call.transcript_override is not None,
        created_at=iso(call.created_at_ms),
        end_reason=call.end_reason,
    )


def transcript(call: Call, segments: Sequence[StoredSegment]) -> str | None:
    """One line per stretch of speech, ``Speaker: text``."""
    if call.transcript_override is not None:
        return call.transcript_override
    lines = [f"{_label(call, segment.speaker)}: {' '.join(segment.text.split())}" for segment in segments]
    return "\n".join(lines) or None


def _label(call: Call, speaker: str) -> str:
    if speaker == AGENT_SPEAKER:
        return AGENT_LABEL
    return call.caller_name if speaker == call.caller_id else speaker


def _segment(call: Call, segment: StoredSegment) -> TranscriptSegment:
    zero_ms = call.connected_at_ms or call.created_at_ms
    return TranscriptSegment(
        speaker=segment.speaker,
        text=segment.text,
        start_ms=max(0, segment.start_ms - zero_ms),
        end_ms=max(0, segment.end_ms - zero_ms),
    )
