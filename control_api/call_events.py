"""What can happen in a call, as its log tells it: every kind of event, and what each carries.

The log is written in the transaction that changes the call (`control_api.call_changes`, `EventTx.add_event`), so what
is stored and what is told are never apart. Nothing in it is text of the conversation, a prompt, a name or a token:
words stay in the segments, which events name by their id. A kind that was once written is never removed and never
loses a field; new fields have a default, because old events do not have them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, cast, get_args

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from shared.call_report import GoneWhy, HappenedKind
from shared.call_state import CallState, EndReason
from shared.ids import CallId
from shared.recording_state import RecordingState

MAX_DATA_BYTES = 4096


class EventData(BaseModel):
    """What one kind of event carries: small facts."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
        json_schema_serialization_defaults_required=True,
    )


class CreatedEvent(EventData):
    """Somebody asked for the call."""

    kind: Literal["created"] = "created"
    ai_enabled: bool
    recording_enabled: bool
    transcription_enabled: bool


class RingingEvent(EventData):
    """The room is open; somebody is still missing. At the callee of a call between two users it rings."""

    kind: Literal["ringing"] = "ringing"


class AnsweredEvent(EventData):
    """The callee took their first token: at their other devices it rings no more."""

    kind: Literal["answered"] = "answered"


class ConnectedEvent(EventData):
    """Everybody whom this kind of call needs is there."""

    kind: Literal["connected"] = "connected"
    after_ms: int
    """Milliseconds since the call was created."""


class EndedEvent(EventData):
    """The call is over. A second one corrects the first: something that had happened before was heard of later."""

    kind: Literal["ended"] = "ended"
    status: CallState
    reason: EndReason
    detail: str | None = None
    """A short machine word for operators, such as an error code of the model's provider."""


class ParticipantJoinedEvent(EventData):
    """Somebody is in the room."""

    kind: Literal["participant_joined"] = "participant_joined"
    identity: str
    party: Literal["caller", "callee", "agent", "other"]


class ParticipantLeftEvent(EventData):
    """Somebody is not in the room any more."""

    kind: Literal["participant_left"] = "participant_left"
    identity: str
    party: Literal["caller", "callee", "agent", "other"]
    why: Literal["on_purpose", "lost", "unseen"] | None
    """`on_purpose`: their client said so. `unseen`: nobody said anything, they are just not there."""


class RoomLostEvent(EventData):
    """The media server had lost the room; the call has another one by the same name."""

    kind: Literal["room_lost"] = "room_lost"


class DispatchedEvent(EventData):
    """A worker was asked to send an agent."""

    kind: Literal["dispatched"] = "dispatched"
    epoch: int
    """Which agent of this call, counted from 1."""
    attempt: int
    """How often this agent has been asked for by now."""


class ClaimedEvent(EventData):
    """A worker took the call."""

    kind: Literal["claimed"] = "claimed"
    epoch: int
    worker_id: str | None
    """For admins only."""


class AgentJoinedEvent(EventData):
    """The agent is in the room and its model answers."""

    kind: Literal["agent_joined"] = "agent_joined"
    epoch: int
    after_ms: int | None
    """Milliseconds since it was asked for."""


class AgentLeftEvent(EventData):
    """The worker says that its agent has left."""

    kind: Literal["agent_left"] = "agent_left"
    epoch: int
    why: GoneWhy
    detail: str | None = None


class AgentLostEvent(EventData):
    """The agent never came, or its worker is dead, wedged or does not know of the call any more."""

    kind: Literal["agent_lost"] = "agent_lost"
    epoch: int
    detail: str | None = None
    """``worker_gone`` (its connection closed), ``worker_silent`` (no heartbeats), ``worker_unknown`` (not back since
    the API was restarted), ``not_named`` (it does not know of the call), ``left_room`` or ``not_joined``."""


class AgentGoneEvent(EventData):
    """From here the call goes on without this agent: it was lost, left or was removed."""

    kind: Literal["agent_gone"] = "agent_gone"
    epoch: int


class FailoverEvent(EventData):
    """Another agent takes the place of one that was lost, with the conversation so far."""

    kind: Literal["failover"] = "failover"
    from_epoch: int
    epoch: int


class TurnEvent(EventData):
    """The agent answered."""

    kind: Literal["turn"] = "turn"
    epoch: int
    turn: int
    response_ms: int | None
    """From the end of the caller's speech to the first sound of the answer; null when it spoke of its own accord."""
    interrupted: bool
    played_ms: int
    """How much of the answer was heard."""


class SegmentEvent(EventData):
    """Words were written down. Told again with the same `segmentId`, they take the place of the earlier ones."""

    kind: Literal["segment"] = "segment"
    segment_id: str
    speaker: str
    """An identity, or `agent`."""


class UsageEvent(EventData):
    """Tokens of one response of the model."""

    kind: Literal["usage"] = "usage"
    epoch: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    audio_tokens: int
    """Of input and output."""
    audio_output_tokens: int = 0
    """Those of `audioTokens` that are output."""
    cached_audio_tokens: int = 0
    """Those of `cachedTokens` that are audio."""


class HappenedEvent(EventData):
    """A fault of the agent's model, or what was done about it."""

    kind: Literal["happened"] = "happened"
    epoch: int
    what: HappenedKind
    detail: str | None = None
    """A short machine word or number; what it means depends on `what`."""


class RecordingMovedEvent(EventData):
    """A recording of the call is in another state."""

    kind: Literal["recording"] = "recording"
    egress_id: str
    state: RecordingState


class RecordingConsentEvent(EventData):
    """Somebody is in a call that is being recorded, and how they know it."""

    kind: Literal["recordingConsent"] = "recordingConsent"
    egress_id: str
    identity: str
    basis: Literal["asked", "knew", "told"]
    """`asked`: they asked for it. `knew`: it was announced before they came in, in the call that they answered and in
    the room. `told`: it began while they were there; the room says so, and a spoken notice where one is set."""


AnyEvent = (
    CreatedEvent
    | RingingEvent
    | AnsweredEvent
    | ConnectedEvent
    | EndedEvent
    | ParticipantJoinedEvent
    | ParticipantLeftEvent
    | RoomLostEvent
    | DispatchedEvent
    | ClaimedEvent
    | AgentJoinedEvent
    | AgentLeftEvent
    | AgentLostEvent
    | AgentGoneEvent
    | FailoverEvent
    | TurnEvent
    | SegmentEvent
    | UsageEvent
    | HappenedEvent
    | RecordingMovedEvent
    | RecordingConsentEvent
)
EventField = Annotated[AnyEvent, Field(discriminator="kind")]

KINDS: dict[str, type[EventData]] = {cls.model_fields["kind"].default: cls for cls in get_args(AnyEvent)}


@dataclass(frozen=True, slots=True)
class NewEvent:
    """Something that is to be told of a call. `at_ms`: when it happened, which may be well before it is written."""

    at_ms: int
    data: AnyEvent


@dataclass(frozen=True, slots=True)
class CallEvent:
    """One line of the log. `id` only grows, over all calls: in the order in which things became known."""

    id: int
    call_id: CallId
    at_ms: int
    data: AnyEvent


def encoded(data: AnyEvent) -> str:
    """As it is stored, beside its kind. Raises ValueError for what is too large to be an event."""
    text = data.model_dump_json(by_alias=True, exclude={"kind"})
    if len(text.encode()) > MAX_DATA_BYTES:
        raise ValueError(f"a {data.kind} event is larger than {MAX_DATA_BYTES} bytes")
    return text


def decoded(kind: str, stored: str) -> AnyEvent:
    return cast(AnyEvent, KINDS[kind].model_validate_json(stored))
