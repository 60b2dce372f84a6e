"""The claim: how exactly one worker gets a call, and what it is told about it.

``POST /internal/claims`` with a `ClaimRequest`; 200 with a `Claim` for the winner, 409 for everybody else. Unlike the
dispatch's metadata this travels only between API and worker, so it may hold the prompt and a token.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared import wire
from shared.call_report import MAX_TEXT_CHARS
from shared.call_spec import JobRole
from shared.ids import CallId, Identity, RoomName, WorkerId

PATH = "/internal/claims"
TIMEOUT_S = 1.5
"""A worker has about 2.5 s to answer a job offer (at 2.8 s the server has forgotten it; measured on 1.13.5)."""
MAX_BYTES = 512 * 1024
MAX_HISTORY_CHARS = 32 * 1024
"""Of the talk so far, its newest part: about 8,000 tokens, a quarter of what a Realtime session holds."""
MAX_HISTORY_ITEMS = 500


@dataclass(frozen=True, slots=True)
class ClaimRequest:
    worker_id: WorkerId
    call_id: CallId
    epoch: int
    job_id: str

    def to_wire(self) -> dict[str, Any]:
        return {
            "workerId": self.worker_id,
            "callId": self.call_id,
            "epoch": self.epoch,
            "jobId": self.job_id,
        }

    @staticmethod
    def from_wire(value: Mapping[str, Any]) -> ClaimRequest:
        return ClaimRequest(
            worker_id=WorkerId(wire.text(value, "workerId", max_chars=128)),
            call_id=CallId(wire.text(value, "callId", max_chars=64)),
            epoch=wire.integer(value, "epoch", minimum=1),
            job_id=wire.text(value, "jobId", max_chars=128),
        )


@dataclass(frozen=True, slots=True)
class SaidBefore:
    """A stretch of the talk that the agent of this claim was not there for."""

    by_agent: bool
    text: str = field(repr=False)

    def to_wire(self) -> dict[str, Any]:
        return {"byAgent": self.by_agent, "text": self.text}

    @staticmethod
    def from_wire(value: Mapping[str, Any]) -> SaidBefore:
        return SaidBefore(value.get("byAgent") is True, wire.text(value, "text", max_chars=MAX_TEXT_CHARS))


@dataclass(frozen=True, slots=True)
class Claim:
    """Everything that the worker needs to serve the call."""

    call_id: CallId
    epoch: int
    room_name: RoomName
    caller_identity: Identity
    agent_identity: Identity
    livekit_url: str
    token: str = field(repr=False)
    system_prompt: str = field(repr=False)
    """Empty: the worker's default."""
    greeting: str | None = field(repr=False)
    """What the agent says first. None: the worker's default; empty: it waits for the caller."""
    voice: str
    """A voice that the Realtime API has (already mapped from the contract's names)."""
    model: str
    """A model name that the Realtime API has (already mapped); empty: the worker's default."""
    max_duration_s: int
    """From now on: what an earlier agent of the call has used is taken off."""
    idle_timeout_s: int
    reconnect_grace_s: int
    """How long somebody whose connection was lost may take to come back."""
    call_type: str = "support"
    """``support``, ``user-to-user`` or ``conference``: who ends the call, and whom the agent hears."""
    callee_identity: Identity | None = None
    """Who was called, in a ``user-to-user`` call."""
    history: tuple[SaidBefore, ...] = field(default=(), repr=False)
    """What was said in the call so far, oldest first: of a long talk the newest `MAX_HISTORY_CHARS`."""
    takes_over: bool = False
    """An agent was lost in the middle of the talk: take it up with a short sentence instead of a greeting."""
    role: JobRole = JobRole.AGENT
    """A recorder has no use for prompt, greeting, voice and model, which are empty; `agent_identity` and `token` are
    its own: hidden, subscribing, publishing nothing but data."""
    transcribe: bool = False
    """A recorder also turns what is said into text."""
    is_early: bool = False
    """A recorder is there before the call is connected, and writes nothing down until its people have met."""
    recording_notice: bool = False
    """The call will be recorded from its start, and the agent says so before it says anything else."""
    notice_token: str | None = field(default=None, repr=False)
    """Of a recorder: lets somebody in whom everybody sees, to say that the call is recorded. None: nobody says it."""

    def to_wire(self) -> dict[str, Any]:
        return {
            "callId": self.call_id,
            "epoch": self.epoch,
            "roomName": self.room_name,
            "callerIdentity": self.caller_identity,
            "agentIdentity": self.agent_identity,
            "livekitUrl": self.livekit_url,
            "token": self.token,
            "systemPrompt": self.system_prompt,
            "greeting": self.greeting,
            "voice": self.voice,
            "model": self.model,
            "maxDurationS": self.max_duration_s,
            "idleTimeoutS": self.idle_timeout_s,
            "reconnectGraceS": self.reconnect_grace_s,
            "callType": self.call_type,
            "calleeIdentity": self.callee_identity,
            "history": [said.to_wire() for said in self.history],
            "takesOver": self.takes_over,
            "role": self.role.value,
            "transcribe": self.transcribe,
            "isEarly": self.is_early,
            "recordingNotice": self.recording_notice,
            "noticeToken": self.notice_token,
        }

    @staticmethod
    def from_wire(value: Mapping[str, Any]) -> Claim:
        callee = wire.optional_text(value, "calleeIdentity")
        history = wire.objects(value, "history", max_items=MAX_HISTORY_ITEMS) if "history" in value else ()
        return Claim(
            call_id=CallId(wire.text(value, "callId", max_chars=64)),
            epoch=wire.integer(value, "epoch", minimum=1),
            room_name=RoomName(wire.text(value, "roomName")),
            caller_identity=Identity(wire.text(value, "callerIdentity")),
            agent_identity=Identity(wire.text(value, "agentIdentity")),
            livekit_url=wire.text(value, "livekitUrl", max_chars=2048),
            token=wire.text(value, "token", max_chars=8192),
            system_prompt=wire.text(value, "systemPrompt", max_chars=32 * 1024),
            greeting=wire.optional_text(value, "greeting", max_chars=8 * 1024),
            voice=wire.text(value, "voice", max_chars=64),
            model=wire.text(value, "model", max_chars=128),
            max_duration_s=wire.integer(value, "maxDurationS", minimum=1),
            idle_timeout_s=wire.integer(value, "idleTimeoutS", minimum=1),
            reconnect_grace_s=wire.integer(value, "reconnectGraceS"),
            call_type=wire.optional_text(value, "callType", max_chars=32) or "support",
            callee_identity=None if callee is None else Identity(callee),
            history=tuple(SaidBefore.from_wire(said) for said in history),
            takes_over=value.get("takesOver") is True,
            role=JobRole.from_wire(value),
            transcribe=value.get("transcribe") is True,
            is_early=value.get("isEarly") is True,
            recording_notice=value.get("recordingNotice") is True,
            notice_token=wire.optional_text(value, "noticeToken", max_chars=8192),
        )
