"""What ``/api/voice/session`` takes and answers: the contract's fields, and our additions marked as such."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StrictBool

from control_api.records import CallType
from control_api.routes.fields import (
    MAX_GREETING_BYTES,
    AgentStatusField,
    LimitField,
    MetadataField,
    ModelField,
    NewRoomNameField,
    OffsetField,
    PromptField,
    RoomNameField,
    UserIdField,
    VoiceField,
    at_most,
)
from control_api.routes.registry import Model
from control_api.voices import DEFAULT_VOICE
from shared.call_state import CallState, EndReason

MAX_PARTICIPANTS = 100


class CreateSession(Model):
    call_type: CallType = CallType.SUPPORT
    room_name: NewRoomNameField | None = None
    callee_id: UserIdField | None = None
    enable_recording: StrictBool = True
    enable_ai_agent: StrictBool | None = None
    """Left out: a support call has an agent, the others have none."""
    system_prompt: PromptField | None = None
    voice: VoiceField = DEFAULT_VOICE
    greeting: Annotated[str, at_most(MAX_GREETING_BYTES)] | None = None
    """Addition."""
    model: ModelField | None = None
    """Addition."""
    metadata: MetadataField = Field(default_factory=dict)
    """Addition."""
    enable_transcription: StrictBool | None = None
    """Addition. For calls between people; left out: as `enableRecording`."""
    participant_ids: Annotated[list[UserIdField], Field(max_length=MAX_PARTICIPANTS)] | None = None
    """Addition. Who may join a conference; left out: whoever is signed in and knows its name."""

    @property
    def wants_agent(self) -> bool:
        return self.call_type is CallType.SUPPORT if self.enable_ai_agent is None else self.enable_ai_agent


class CreatedSession(Model):
    call_id: str
    room_name: str
    participant_name: str
    token: str
    token_expires_at: str
    """Addition."""
    livekit_host: str
    call_type: CallType
    status: CallState
    agent_spawned: bool
    agent_status: str | None
    recording_enabled: bool
    transcription_enabled: bool
    """Addition."""
    effective_voice: str
    """Addition."""
    end_reason: EndReason | None
    """Addition. ``busy`` for a call that was over at once; its `token` is empty."""
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
    limit: LimitField = 10
    offset: OffsetField = 0


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
    caller_name: str
    callee_id: str | None
    answered_at: str | None
    """When the callee took their first token; their other devices then know that it was answered elsewhere."""
    recording_enabled: bool
    transcription_enabled: bool


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
    # Additions:
    end_reason: EndReason | None
    caller_id: str
    caller_name: str
    callee_id: str | None
    answered_at: str | None
    recording_enabled: bool
    transcription_enabled: bool


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
