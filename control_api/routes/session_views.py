"""Calls as the contract shows them. Pure: records and the time in, models out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from control_api.history_ports import TokensByModel
from control_api.records import Call, Member, StoredSegment
from control_api.routes.session_models import (
    CreatedSession,
    SessionDetail,
    SessionItem,
    TimelineEvent,
    TokensSpent,
    TranscriptSegment,
)
from control_api.services.open_call import Opened
from control_api.token_costs import TokenCosts
from control_api.transcript_texts import Line, as_text
from control_api.voices import effective_voice
from shared.agent_state import public_status
from shared.call_report import AGENT_SPEAKER
from shared.tokens import Tokens

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
        token=opened.token,
        token_expires_at=iso(opened.token_expires_ms),
        livekit_host=livekit_host,
        call_type=call.call_type,
        status=call.status,
        agent_spawned=call.has_agent,
        agent_status=public_status(call.agent_state),
        recording_enabled=call.recording_enabled,
        transcription_enabled=call.is_transcribed,
        effective_voice=effective_voice(call.voice),
        end_reason=call.end_reason,
        created_at=iso(call.created_at_ms),
    )


@dataclass(frozen=True, slots=True)
class Extras:
    """What is stored beside a call, or known of it just now."""

    segments: Sequence[StoredSegment] = ()
    members: Sequence[Member] = ()
    recording_url: str | None = None
    recording_begins_ms: int | None = None
    """When the sound of the file there begins."""
    agent_available: bool = False
    timeline: Sequence[TimelineEvent] | None = None
    tokens: Tokens | None = None
    """None: this user is not to know."""
    costs: TokenCosts = field(default_factory=TokenCosts)


def detail(call: Call, extras: Extras, now_ms: int) -> SessionDetail:
    return SessionDetail(
        call_id=call.id,
        room_name=call.room_name,
        call_type=call.call_type,
        status=call.status,
        started_at=iso(call.created_at_ms),
        connected_at=iso_or_none(call.connected_at_ms),
        ended_at=iso_or_none(call.ended_at_ms),
        duration=duration_s(call, now_ms),
        recording_url=call.recording_url_override or extras.recording_url,
        recording_start_offset_ms=_recording_offset_ms(call, extras),
        transcript=transcript(call, extras),
        metadata=dict(call.metadata),
        agent_status=public_status(call.agent_state),
        agent_available=extras.agent_available,
        created_at=iso(call.created_at_ms),
        end_reason=call.end_reason,
        agent_joined_ms=None if call.agent_joined_ms is None else max(0, call.agent_joined_ms - call.created_at_ms),
        recoveries=len(call.recovered_ms),
        transcript_segments=segments(call, extras),
        effective_voice=effective_voice(call.voice),
        caller_id=call.caller_id,
        caller_name=call.caller_name,
        callee_id=call.callee_id,
        answered_at=iso_or_none(call.answered_at_ms),
        recording_enabled=call.recording_enabled,
        transcription_enabled=call.is_transcribed,
        tokens=None if extras.tokens is None else spent({call.model: extras.tokens}, extras.costs),
        timeline=None if extras.timeline is None else list(extras.timeline),
    )


def spent(tokens: TokensByModel, costs: TokenCosts) -> TokensSpent:
    total, cost_usd = sum(tokens.values(), Tokens()), costs.usd(tokens)
    return TokensSpent(
        input=total.input,
        output=total.output,
        cached=total.cached_in,
        audio=total.audio_in + total.audio_out,
        cost_usd=None if cost_usd is None else round(cost_usd, 6),
    )


def item(call: Call, *, has_segments: bool, has_recording: bool, now_ms: int) -> SessionItem:
    return SessionItem(
        call_id=call.id,
        room_name=call.room_name,
        call_type=call.call_type,
        status=call.status,
        started_at=iso(call.created_at_ms),
        connected_at=iso_or_none(call.connected_at_ms),
        ended_at=iso_or_none(call.ended_at_ms),
        duration=duration_s(call, now_ms),
        has_recording=has_recording or call.recording_url_override is not None,
        has_transcript=has_segments or call.transcript_override is not None,
        created_at=iso(call.created_at_ms),
        end_reason=call.end_reason,
        caller_id=call.caller_id,
        caller_name=call.caller_name,
        callee_id=call.callee_id,
        answered_at=iso_or_none(call.answered_at_ms),
        recording_enabled=call.recording_enabled,
        transcription_enabled=call.is_transcribed,
    )


def transcript(call: Call, extras: Extras) -> str | None:
    """One line per stretch of speech, ``Speaker: text``."""
    if call.transcript_override is not None:
        return call.transcript_override
    return as_text(lines(call, extras)) or None


def lines(call: Call, extras: Extras) -> list[Line]:
    names: dict[str, str] = {member.user_id: member.name for member in extras.members}
    names |= {AGENT_SPEAKER: AGENT_LABEL, call.caller_id: call.caller_name}
    return [
        Line(names.get(said.speaker, said.speaker), said.text, said.start_ms, said.end_ms, said.is_cut)
        for said in segments(call, extras)
    ]


def segments(call: Call, extras: Extras) -> list[TranscriptSegment]:
    return [segment(call, said) for said in extras.segments]


def offset_ms(call: Call, at_ms: int | None) -> int | None:
    """On the clock of the call, which the transcript is told in: it begins when the call is connected."""
    return None if at_ms is None else at_ms - (call.connected_at_ms or call.created_at_ms)


def _recording_offset_ms(call: Call, extras: Extras) -> int | None:
    is_ours = extras.recording_url is not None and call.recording_url_override is None
    return offset_ms(call, extras.recording_begins_ms) if is_ours else None


def segment(call: Call, said: StoredSegment) -> TranscriptSegment:
    return TranscriptSegment(
        segment_id=said.segment_id,
        speaker=said.speaker,
        text=said.text,
        start_ms=max(0, offset_ms(call, said.start_ms) or 0),
        end_ms=max(0, offset_ms(call, said.end_ms) or 0),
        is_cut=said.is_cut,
        is_unclear=said.is_unclear,
    )
