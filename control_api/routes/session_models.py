"""What ``/api/voice/session`` takes and answers: the contract's fields, and our additions marked as such."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StrictBool

from control_api.records import CallType
from control_api.routes.registry import Model
from control_api.routes.signed import Signed
from control_api.voices import DEFAULT_VOICE, VOICES
from shared.call_state import CallState, EndReason
from shared.ids import is_made_room_name, is_room_name

MAX_PROMPT_BYTES = 32 * 1024
MAX_GREETING_BYTES = 2 * 1024
MAX_METADATA_BYTES = 4 * 1024


def _at_most(max_bytes: int) -> AfterValidator:
    def check(value: str) -> str:
        if len(value.encode()) > max_bytes:
            raise ValueError(f"must be at most {max_bytes} bytes of UTF-8")
        return value

    return AfterValidator(check)


def _room_name(value: str) -> str:
    if not is_room_name(value):
        raise ValueError("must be 1 to 128 of the characters A-Z a-z 0-9 _ -")
    return value


def _new_room_name(value: str) -> str:
    if is_made_room_name(_room_name(value)):
        raise ValueError("names of this pattern are made by the service only")
    return value


def _voice(value: str) -> str:
    if value not in VOICES:
        raise ValueError(f"must be one of {', '.join(VOICES)}")
    return value


def _metadata(value: dict[str, Any]) -> dict[str, Any]:
    try:
        size = len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())
    except (UnicodeEncodeError, RecursionError):
        raise ValueError("must be JSON of valid Unicode") from None
    if size > MAX_METADATA_BYTES:
        raise ValueError(f"must be at most {MAX_METADATA_BYTES} bytes of JSON")
    return value


RoomNameField = Annotated[str, AfterValidator(_room_name)]
MetadataField = Annotated[dict[str, Any], AfterValidator(_metadata)]
AgentStatusField = Annotated[str, Field(pattern="^(pending|active|disconnected)$")]


class CreateSession(Model):
    call_type: CallType = CallType.SUPPORT
    room_name: Annotated[str, AfterValidator(_new_room_name)] | None = None
    callee_id: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    enable_recording: StrictBool = True
    enable_ai_agent: StrictBool = True
    system_prompt: Annotated[str, _at_most(MAX_PROMPT_BYTES)] | None = None
    voice: Annotated[str, AfterValidator(_voice)] = DEFAULT_VOICE
    greeting: Annotated[str, _at_most(MAX_GREETING_BYTES)] | None = None
    model: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,128}$")] | None = None
    metadata: MetadataField = Field(default_factory=dict)


class CreatedSession(Model):
    call_id: str
    room_name: str
    participant_name: str
    token: Signed
    token_expires_at: str
    """Addition."""
    livekit_host: str
    call_type: CallType
    status: CallState
    agent_spawned: bool
    agent_status: str | None
    recording_enabled: bool
    effective_voice: str
    """Addition."""
    created_at: str


class SessionCreated(Model):
    success: bool = True
    message: str = "Voice session created successfully"
    session: CreatedSession


class SessionQuery(Model):
    room_name: RoomNameField | None = None
    call_id: Annotated[str, Field(max_length=64)] | None = None
    """Addition."""
    status: CallState | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 10
    offset: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0


class TranscriptSegment(Model):
    speaker: str
    """An identity, or ``agent``."""
    text: str
    start_ms: int
    """From `connectedAt`."""
    end_ms: int


class SessionDetail(Model):
    call_id: str
    room_name: str
    call_type: CallType
    status: CallState
    started_at: str
    connected_at: str | None
    ended_at: str | None
    duration: int
    recording_url: str | None
    transcript: str | None
    metadata: dict[str, Any]
    agent_status: str | None
    agent_available: bool
    created_at: str
    # Additions:
    end_reason: EndReason | None
    agent_joined_ms: int | None
    """From `createdAt` to the agent in the room."""
    transcript_segments: list[TranscriptSegment]
    effective_voice: str
    caller_id: str
    callee_id: str | None


class SessionFound(Model):
    success: bool = True
    session: SessionDetail


class SessionItem(Model):
    call_id: str
    room_name: str
    call_type: CallType
    status: CallState
    started_at: str
    connected_at: str | None
    ended_at: str | None
    duration: int
    has_recording: bool
    has_transcript: bool
    created_at: str
    end_reason: EndReason | None
    """Addition."""


class SessionList(Model):
    success: bool = True
    count: int
    total: int
    limit: int
    offset: int
    sessions: list[SessionItem]


class UpdateSession(Model):
    room_name: RoomNameField
    status: CallState | None = None
    agent_status: AgentStatusField | None = None
    metadata: MetadataField | None = None
    """Addition."""


class SessionUpdated(Model):
    success: bool = True
    message: str = "Session updated successfully"


class EndQuery(Model):
    room_name: RoomNameField


class SessionEnded(Model):
    success: bool = True
    message: str = "Session ended successfully"
    duration: int
