"""What the store keeps, as plain values. All times are milliseconds since 1970 UTC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from control_api.recording_records import RecorderJob
from shared.agent_state import AgentState
from shared.call_report import NOT_UNDERSTOOD, WRITTEN_PREFIX, Usage
from shared.call_state import FINAL_STATES, CallState, EndReason
from shared.ids import CallId, Identity, MediaRoom, RoomName, RoomSid, WorkerId


class CallType(StrEnum):
    SUPPORT = "support"
    USER_TO_USER = "user-to-user"
    CONFERENCE = "conference"


@dataclass(frozen=True, slots=True)
class Call:
    """One call. The second block is what `control_api.call_facts.settle` derives from the facts; nobody else sets it
    but to decide an end."""

    id: CallId
    room_name: RoomName
    call_type: CallType
    caller_id: Identity
    caller_name: str = field(repr=False)
    created_at_ms: int
    media_room: MediaRoom
    """Its room at the media server."""
    callee_id: Identity | None = None
    ai_enabled: bool = True
    """Whether it was opened with an agent."""
    recording_enabled: bool = False
    """Whether it is recorded from the moment it connects: the client asked for it and there is a recorder."""
    transcription_enabled: bool = False
    """Whether the words of a call between people are written down (those of an agent's call always are)."""
    participant_ids: tuple[Identity, ...] | None = None
    """Who may join a conference beside its caller; None: whoever knows its name."""
    voice: str = "alloy"
    """As asked; `control_api.voices` says what runs."""
    model: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict, repr=False)
    transcript_override: str | None = field(default=None, repr=False)
    recording_url_override: str | None = field(default=None, repr=False)
    recording_begun_ms: int | None = None
    """When its first recording was asked for."""
    version: int = 1
    opened_at_ms: int | None = None
    asked_ms: int | None = None
    """When its caller, who had not come yet, took a token again: the no-show limit counts from there."""
    room_closed: bool = False
    """Nothing of this call is left at the media server."""
    answered_at_ms: int | None = None
    """When the callee took their first token."""

    status: CallState = CallState.PENDING
    connected_at_ms: int | None = None
    ended_at_ms: int | None = None
    end_reason: EndReason | None = None
    caller_joined_ms: int | None = None
    """When the caller came into the room for the first time."""
    caller_away_ms: int | None = None
    """Since when the caller, who had joined, is not in the room; None while they are."""
    callee_joined_ms: int | None = None
    callee_away_ms: int | None = None
    """The same of the callee."""
    people_joined_ms: int | None = None
    """When the first person of all came into the room."""
    deserted_ms: int | None = None
    """Since when nobody at all, after somebody was, is in the room."""
    deserted_on_purpose: bool = False
    """The last one out said that they leave."""
    room_finished_ms: int | None = None
    """When the media server said that the room of this call is over."""
    room_lost_ms: int | None = None
    """When the media server came back without the room that the call was in: since then it has another one."""

    end_decided: bool = False
    """The end was decided (by a request, a worker, the upkeep), not inferred from who left: it stands as it is."""
    end_detail: str | None = None
    caller_seen_ms: int | None = None
    """By when the worker's reports prove the caller present, for when no webhook does."""
    agent_state: AgentState | None = None
    agent_identity: Identity | None = None
    agent_epoch: int = 0
    agent_worker_id: WorkerId | None = None
    agent_job_id: str | None = None
    agent_requested_ms: int | None = None
    """When this epoch's agent was first dispatched."""
    agent_dispatched_ms: int | None = None
    """When it was last dispatched."""
    agent_dispatches: int = 0
    agent_claimed_ms: int | None = None
    agent_joined_ms: int | None = None
    agent_gone_ms: int | None = None
    """When this epoch's agent was removed or left. While the call still has it: when it left without leave."""
    agent_removed_ms: int | None = None
    """When an agent was removed from the call for the first time."""
    former_agents: tuple[tuple[int, int], ...] = ()
    """(joined, gone) of the agents of earlier epochs."""
    recorder: RecorderJob | None = None
    """The hidden participant that hears it where no agent does, or the last there was."""
    recovered_ms: tuple[int, ...] = ()
    """When agents that were lost were replaced."""
    spoken_ms: int | None = None
    """By when the worker's reports last prove that somebody spoke."""

    @property
    def is_final(self) -> bool:
        return self.status in FINAL_STATES

    @property
    def unassisted_ms(self) -> int | None:
        """The first moment at which no agent was meant to be in the call; None: it always was to have one."""
        return self.agent_removed_ms if self.ai_enabled else self.created_at_ms

    @property
    def depends_on_agent(self) -> bool:
        """Whether it is over without its agent: a support call that was opened with one and kept it."""
        return self.call_type is CallType.SUPPORT and self.unassisted_ms is None

    @property
    def is_transcribed(self) -> bool:
        """Whether the words are written down: the agent's call always, that of people when they asked for it."""
        return self.ai_enabled or self.transcription_enabled

    @property
    def last_epoch(self) -> int:
        """Of all jobs that it was given, agents' and recorders': (call, epoch) names one of them."""
        return max(self.agent_epoch, 0 if self.recorder is None else self.recorder.epoch)

    @property
    def takes_over(self) -> bool:
        """Whether its agent, or the one that is on its way, takes the place of one that was lost."""
        return bool(self.recovered_ms) and self.recovered_ms[-1] == self.agent_requested_ms

    @property
    def has_agent(self) -> bool:
        """One is in the call or on its way."""
        return self.agent_state not in (None, AgentState.DISCONNECTED)


@dataclass(frozen=True, slots=True)
class Instructions:
    """The large texts of a call: written once, read only by a claim."""

    system_prompt: str = field(default="", repr=False)
    greeting: str | None = field(default=None, repr=False)


class LeftWhy(StrEnum):
    ON_PURPOSE = "on_purpose"
    """The client said that it leaves."""
    LOST = "lost"
    UNSEEN = "unseen"
    """The media server does not list them and nobody said why: the weakest evidence, which any other replaces."""


@dataclass(frozen=True, slots=True)
class Presence:
    """One stay of one participant in a room (a participant SID is never used again)."""

    participant_sid: str
    call_id: CallId
    room_sid: RoomSid
    identity: Identity
    joined_at_ms: int | None = None
    left_at_ms: int | None = None
    left_why: LeftWhy | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """One incarnation of a call's room: after a crash of the media server the same name has another SID."""

    room_sid: RoomSid
    call_id: CallId
    created_ms: int
    finished_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who was given a token for the call's room, and the name that others see there."""

    call_id: CallId
    user_id: Identity
    name: str = field(repr=False)
    since_ms: int


@dataclass(frozen=True, slots=True)
class StoredSegment:
    call_id: CallId
    segment_id: str
    speaker: str
    text: str = field(repr=False)
    start_ms: int
    end_ms: int
    is_cut: bool = False
    """Somebody spoke into it: `text` is the part that was heard."""

    @property
    def is_unclear(self) -> bool:
        """Somebody spoke, and nobody knows what. (Who writes the same in the chat has written it.)"""
        return self.text == NOT_UNDERSTOOD and not self.segment_id.startswith(WRITTEN_PREFIX)


@dataclass(frozen=True, slots=True)
class StoredTurn:
    call_id: CallId
    epoch: int
    turn: int
    response_ms: int | None
    interrupted: bool
    played_ms: int


@dataclass(frozen=True, slots=True)
class StoredUsage:
    call_id: CallId
    epoch: int
    seq: int
    usage: Usage


@dataclass(frozen=True, slots=True)
class InboxEvent:
    event_id: str
    received_ms: int
    payload: Mapping[str, Any] = field(repr=False)
    """Sanitised: the raw body carries the room's TURN password and people's names."""


@dataclass(frozen=True, slots=True)
class CallPage:
    calls: tuple[Call, ...]
    total: int
