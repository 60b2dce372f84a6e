"""What ``/api/voice/session`` takes and answers. The strings under the fields are published with them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, StrictBool

from control_api.call_events import EventField
from control_api.records import CallType
from control_api.routes.fields import (
    AgentStatusField,
    AgentStatusText,
    AtMostBytes,
    CallIdText,
    LimitField,
    MetadataField,
    ModelField,
    NewRoomNameField,
    OffsetField,
    Prompt,
    RoomNameField,
    Timestamp,
    UserIdField,
    VoiceField,
    VoiceText,
)
from control_api.routes.instants import InstantField
from control_api.routes.registry import Model, Page
from control_api.routes.signed import Signed
from control_api.spoken_terms import terms_of
from control_api.voices import DEFAULT_VOICE
from shared.call_state import CallState, EndReason

MAX_GREETING_BYTES = 2 * 1024
MAX_PARTICIPANTS = 100
MAX_QUERY_CHARS = 200

Greeting = Annotated[str, AtMostBytes(MAX_GREETING_BYTES)]


_NO_CALLEE: dict[str, Any] = {"calleeId": {"type": "null"}}
_NO_INVITED: dict[str, Any] = {"participantIds": {"type": "null"}}


def _if_call_type(call_type: CallType) -> dict[str, Any]:
    return {"properties": {"callType": {"const": call_type.value}}, "required": ["callType"]}


PEOPLE_OF_A_CALL: dict[str, Any] = {
    "if": _if_call_type(CallType.USER_TO_USER),
    "then": {"properties": {"calleeId": {"type": "string"}, **_NO_INVITED}, "required": ["calleeId"]},
    "else": {
        "if": _if_call_type(CallType.CONFERENCE),
        "then": {"properties": _NO_CALLEE},
        "else": {"properties": {**_NO_CALLEE, **_NO_INVITED}},
    },
}
"""Who is named for which type of call, as the handler checks it."""


class CreateSession(Model):
    model_config = ConfigDict(json_schema_extra=PEOPLE_OF_A_CALL)

    call_type: CallType = CallType.SUPPORT
    room_name: NewRoomNameField | None = None
    """Made by the service if not given."""
    callee_id: UserIdField | None = None
    """Required for user-to-user calls, and for these only; not oneself."""
    enable_recording: StrictBool = True
    enable_ai_agent: StrictBool | None = None
    """If not given: true for support calls, false for the others."""
    system_prompt: Prompt | None = None
    """What the agent is told about its task; at most 32 KiB of UTF-8."""
    voice: VoiceField = DEFAULT_VOICE
    """`effectiveVoice` in the answer says which voice speaks."""
    greeting: Greeting | None = None
    """Addition. What the agent says first; empty: it waits. At most 2 KiB of UTF-8."""
    model: ModelField | None = None
    """Addition. The Realtime model; the service's default if not given."""
    metadata: MetadataField = Field(default_factory=dict)
    """Addition. An object of at most 4 KiB of JSON, returned as it is and never sent to the media server."""
    enable_transcription: StrictBool | None = None
    """Addition. Whether the words of a call between people are written down; as `enableRecording` if not given."""
    participant_ids: Annotated[list[UserIdField], Field(max_length=MAX_PARTICIPANTS)] | None = None
    """Addition. Who may join a conference; if not given, whoever is signed in and knows its room name."""

    @property
    def wants_agent(self) -> bool:
        return self.call_type is CallType.SUPPORT if self.enable_ai_agent is None else self.enable_ai_agent


class CreatedSession(Model):
    call_id: CallIdText
    room_name: str
    participant_name: str
    token: Signed
    """A LiveKit token to join the room with; empty for a call that was over at once."""
    token_expires_at: Timestamp
    """Addition. After this the token lets nobody in."""
    livekit_host: str
    """The address that the browser connects to."""
    call_type: CallType
    status: CallState
    agent_spawned: bool
    agent_status: AgentStatusText | None
    """Null for a call without an agent."""
    recording_enabled: bool
    """Whether it is recorded once it is connected: it was asked for, and there is a place to keep it."""
    transcription_enabled: bool
    """Addition. Whether the words are written down."""
    effective_voice: VoiceText
    """Addition. The voice that speaks."""
    end_reason: EndReason | None
    """Addition. `busy` for a callee who is in another call: this one was over at once."""
    created_at: Timestamp


class SessionCreated(Model):
    success: bool = True
    message: str = "Voice session created successfully"
    session: CreatedSession


def _searchable(query: str) -> str:
    terms_of(query)
    return query


class SessionQuery(Model):
    room_name: RoomNameField | None = None
    call_id: Annotated[str, Field(max_length=64)] | None = None
    """Addition. That call, also when the room name was used again."""
    status: CallState | None = None
    """Only calls in this state."""
    include: Literal["timeline"] | None = None
    """Addition. With one call: also everything that happened in it."""
    list_all: bool = False
    """Addition. For admins: the calls of everybody."""
    q: Annotated[str, Field(max_length=MAX_QUERY_CHARS), AfterValidator(_searchable)] | None = None
    """Addition. Only calls in which all of these words were said, be it by different people; what stands in double
    quotes, in this order. Of the last word of each the beginning is enough. Accents and capitals do not matter."""
    from_: InstantField | None = Field(None, alias="from")
    """Addition. Only calls that were created then or later."""
    to: InstantField | None = None
    """Addition. Only calls that were created before."""
    user_id: UserIdField | None = None
    """Addition. With `listAll`: only calls of which they are caller or callee."""
    limit: LimitField = 10
    """Results per page."""
    offset: OffsetField = 0


class TranscriptSegment(Model):
    segment_id: str
    """Addition. What a `segment` event names."""
    speaker: str
    """An identity, or ``agent``."""
    text: str
    start_ms: int
    """Milliseconds after `connectedAt`. (In a recording: `recordingStartOffsetMs` of the session.)"""
    end_ms: int
    is_cut: bool
    """It ended before its last word: `text` is the part that was heard."""
    is_unclear: bool
    """Addition. Somebody spoke, and nobody knows what: `text` is ``[not understood]``. A later segment of the same id
    may bring the words."""


class TimelineEvent(Model):
    id: int
    """Grows, over all calls, in the order in which things became known."""
    at: Timestamp
    """When it happened; what happened earlier may have become known later."""
    event: EventField


class TokensSpent(Model):
    input: int
    output: int
    cached: int
    """Of `input`: what the model had seen before."""
    audio: int
    """Of both, without what is `cached`."""
    cost_usd: float | None
    """By the prices that are set for each call's model (`VOICE_MODEL_PRICES`); of a call that names none, for
    `VOICE_MODEL`; of one whose model was changed, for the last. Null when no prices are set, and when a model that was
    used has none: what the others cost would be taken for the whole."""


class SessionDetail(Model):
    call_id: CallIdText
    room_name: str
    call_type: CallType
    status: CallState
    started_at: Timestamp
    connected_at: Timestamp | None
    ended_at: Timestamp | None
    duration: int
    """Whole seconds since `connectedAt`, until `endedAt`; 0 for a call that was never connected."""
    recording_url: str | None
    recording_start_offset_ms: int | None
    """Addition. Where the file at `recordingUrl` begins on the clock of `transcriptSegments`: what is said at `startMs`
    is heard at `startMs - recordingStartOffsetMs` of the file. Null where there is no file of ours, or where nobody has
    said when it begins: take 0 then."""
    transcript: str | None
    """One line per stretch of speech, `Speaker: text`."""
    metadata: dict[str, Any]
    agent_status: AgentStatusText | None
    """Null for a call without an agent."""
    agent_available: bool
    """The agent is active and was heard from within the last seconds."""
    created_at: Timestamp
    """Addition."""
    end_reason: EndReason | None
    """Addition. Null while the call is open."""
    agent_joined_ms: int | None
    """Addition. Milliseconds from `createdAt` to the agent in the room."""
    recoveries: int
    """Addition. How often an agent that was lost was replaced by another one."""
    transcript_segments: list[TranscriptSegment]
    """Addition."""
    effective_voice: VoiceText
    """Addition. The voice that speaks."""
    caller_id: str
    """Addition."""
    caller_name: str
    """Addition."""
    callee_id: str | None
    """Addition."""
    answered_at: Timestamp | None
    """Addition. When the callee took their first token: their other devices need not ring any more."""
    recording_enabled: bool
    """Addition. Whether it is recorded once it is connected."""
    transcription_enabled: bool
    """Addition. Whether the words are written down."""
    tokens: TokensSpent | None = None
    """Addition. For admins: what the model has used."""
    timeline: list[TimelineEvent] | None = None
    """Addition. With `include=timeline`: what happened, in the order in which it happened; at most the newest 2,000
    events. Their kinds: docs/events.md."""


class SessionFound(Model):
    success: bool = True
    session: SessionDetail


class SessionItem(Model):
    call_id: CallIdText
    room_name: str
    call_type: CallType
    status: CallState
    started_at: Timestamp
    connected_at: Timestamp | None
    ended_at: Timestamp | None
    duration: int
    """Whole seconds since `connectedAt`, until `endedAt`; 0 for a call that was never connected."""
    has_recording: bool
    has_transcript: bool
    created_at: Timestamp
    end_reason: EndReason | None
    """Addition. Null while the call is open."""
    caller_id: str
    """Addition."""
    caller_name: str
    """Addition."""
    callee_id: str | None
    """Addition."""
    answered_at: Timestamp | None
    """Addition. When the callee took their first token: their other devices need not ring any more."""
    recording_enabled: bool
    """Addition. Whether it is recorded once it is connected."""
    transcription_enabled: bool
    """Addition. Whether the words are written down."""


class SessionList(Page):
    sessions: list[SessionItem]


class UpdateSession(Model):
    room_name: RoomNameField
    status: CallState | None = None
    agent_status: AgentStatusField | None = None
    metadata: MetadataField | None = None
    """Addition. Takes the place of what was stored."""


class SessionUpdated(Model):
    success: bool = True
    message: str = "Session updated successfully"


class EndQuery(Model):
    room_name: RoomNameField


class SessionEnded(Model):
    success: bool = True
    message: str = "Session ended successfully"
    duration: int
