"""``/api/voice/realtime``: the model session of a call's agent, in the shape that the contract knows."""

from __future__ import annotations

from typing import Any

from pydantic import Field
from starlette.requests import Request

from control_api.agent_epochs import active_s
from control_api.http_errors import Phrases
from control_api.middleware.scope import signed_in
from control_api.rate_classes import REALTIME
from control_api.routes.fields import AgentStatusText, ModelField, RoomNameField, Timestamp, VoiceText
from control_api.routes.registry import Model, Operation
from control_api.routes.session_views import duration_s, iso_or_none
from control_api.services.container import services
from control_api.services.livekit import configured
from control_api.voices import effective_voice
from shared.agent_state import public_status
from shared.call_state import CallState
from shared.errors import ErrorKind, Errors, VoiceError
from shared.ids import RoomName

PATH = "/api/voice/realtime"


class StartRealtime(Model):
    room_name: RoomNameField
    model: ModelField | None = None
    """As the call has it if not given, at first `gpt-4o-realtime-preview-2024-12-17`. Another one than what runs is
    changed to at the next pause, and the conversation goes on."""


class InputTranscription(Model):
    model: str
    """What writes down the caller's words in sessions of this system (`VOICE_INPUT_TRANSCRIPTION_MODEL`); the example
    is the contract's, and its model is shut down on 2027-02-26."""


class TurnDetection(Model):
    type: str = "server_vad"
    threshold: float = 0.5
    prefix_padding_ms: int = Field(300, serialization_alias="prefix_padding_ms")
    silence_duration_ms: int = Field(500, serialization_alias="silence_duration_ms")


class Configuration(Model):
    """The contract's names are those of an older version of the model's own protocol."""

    modalities: tuple[str, ...] = ("text", "audio")
    instructions: str
    """Empty for whoever is neither the caller nor an admin."""
    voice: VoiceText
    input_audio_format: str = Field("pcm16", serialization_alias="input_audio_format")
    output_audio_format: str = Field("pcm16", serialization_alias="output_audio_format")
    input_audio_transcription: InputTranscription = Field(serialization_alias="input_audio_transcription")
    turn_detection: TurnDetection = Field(TurnDetection(), serialization_alias="turn_detection")


class MediaServer(Model):
    server_url: str
    room_name: str


class RealtimeStarted(Model):
    success: bool = True
    room_name: str
    model: str
    """As it was asked for; `effectiveModel` says what runs."""
    agent_identity: str
    configuration: Configuration
    livekit: MediaServer
    effective_model: str
    """Addition. What runs, or will from the next pause."""
    effective_voice: VoiceText
    """Addition. The voice that speaks."""


class RealtimeQuery(Model):
    room_name: RoomNameField


class RealtimeStatus(Model):
    success: bool = True
    room_name: str
    call_status: CallState
    agent_status: AgentStatusText
    agent_available: bool
    """The agent is active and was heard from within the last seconds."""
    duration: int
    """Of the call, in whole seconds."""
    connected_at: Timestamp | None
    metadata: dict[str, Any]


class RealtimeEnded(Model):
    success: bool = True
    message: str = "Realtime session ended"
    duration: int
    """For how many seconds an agent was in the call."""


async def start_realtime(request: Request, body: StartRealtime) -> RealtimeStarted:
    livekit = configured(services(request).livekit)
    user = signed_in(request.scope)
    found = await services(request).realtime.configure(user, RoomName(body.room_name), body.model)
    call = found.call
    return RealtimeStarted(
        room_name=call.room_name,
        model=found.model,
        agent_identity=call.agent_identity or "",
        configuration=Configuration(
            instructions=found.instructions,
            voice=call.voice,
            input_audio_transcription=InputTranscription(model=found.transcriber),
        ),
        livekit=MediaServer(server_url=livekit.public_url, room_name=call.media_room),
        effective_model=found.effective_model,
        effective_voice=effective_voice(call.voice),
    )


async def get_realtime(request: Request, query: RealtimeQuery) -> RealtimeStatus:
    agents = services(request).agents
    call = await agents.find(signed_in(request.scope), RoomName(query.room_name))
    if call.agent_state is None:
        raise VoiceError(Errors.NOT_FOUND, "This call has no agent.")
    return RealtimeStatus(
        room_name=call.room_name,
        call_status=call.status,
        agent_status=public_status(call.agent_state) or "",
        agent_available=agents.is_available(call),
        duration=duration_s(call, services(request).clock.now_ms()),
        connected_at=iso_or_none(call.connected_at_ms),
        metadata=dict(call.metadata),
    )


async def end_realtime(request: Request, query: RealtimeQuery) -> RealtimeEnded:
    call = await services(request).agents.remove(signed_in(request.scope), RoomName(query.room_name))
    return RealtimeEnded(duration=active_s(call, services(request).clock.now_ms()))


_PHRASES: dict[ErrorKind | int, str] = {
    400: "Missing roomName",
    403: "Access denied",
    404: "Call session or agent not found",
}
_STARTING_PHRASES: Phrases = _PHRASES | {
    Errors.AGENT_NOT_READY: "AI agent not ready",
    Errors.LIVEKIT_NOT_CONFIGURED: "Voice service not configured",
}

OPERATIONS = (
    Operation(
        "POST",
        PATH,
        "Initialize the Realtime session of a call's agent",
        start_realtime,
        RealtimeStarted,
        body=StartRealtime,
        phrases=_STARTING_PHRASES,
        rate=REALTIME,
        description="What the model session runs with, in the names of the contract; another `model` changes it.",
        invalid_phrases={"model": "Bad Request"},
    ),
    Operation(
        "GET",
        PATH,
        "Get the Realtime session's status",
        get_realtime,
        RealtimeStatus,
        query=RealtimeQuery,
        phrases=_PHRASES,
    ),
    Operation(
        "DELETE",
        PATH,
        "End the Realtime session",
        end_realtime,
        RealtimeEnded,
        query=RealtimeQuery,
        phrases=_PHRASES,
    ),
)
