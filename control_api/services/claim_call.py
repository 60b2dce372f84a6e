"""The claim: one worker gets the call, everybody else hears that they lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from control_api.limits import Limits
from control_api.ports import CallStore, CallTx
from control_api.records import Call, CallType, Instructions, StoredSegment
from control_api.services.claim_recorder import claim_recorder, recorder_claim
from control_api.services.livekit import LiveKit, configured
from control_api.services.record import settle_and_save
from control_api.voices import effective_model, effective_voice
from shared.agent_state import AgentEvent, AgentState, next_agent_state
from shared.call_report import AGENT_SPEAKER
from shared.claims import MAX_HISTORY_CHARS, MAX_HISTORY_ITEMS, Claim, ClaimRequest, SaidBefore
from shared.clock import Clock
from shared.errors import Errors, VoiceError
from shared.ids import agent_identity
from shared.log import get_logger

log = get_logger(__name__)


class Claims:
    def __init__(
        self, store: CallStore, livekit: LiveKit | None, limits: Limits, clock: Clock, *, has_notice: bool = False
    ) -> None:
        """`has_notice`: that a call is recorded is said in it."""
        self._store = store
        self._livekit = livekit
        self._limits = limits
        self._clock = clock
        self._has_notice = has_notice

    async def claim(self, request: ClaimRequest) -> Claim:
        """Raises `VoiceError` (claim_lost). The same job asking again, because the answer was lost, gets it again."""
        livekit = configured(self._livekit)
        now_ms = self._clock.now_ms()
        call, texts = await self._store.write(lambda tx: _claim(tx, request, now_ms))
        if call.recorder is not None and request.epoch == call.recorder.epoch:
            log.info("call claimed", call_id=call.id, epoch=request.epoch, worker_id=request.worker_id, role="recorder")
            return recorder_claim(livekit, call, call.recorder.epoch, self._limits, has_notice=self._has_notice)
        identity = call.agent_identity or agent_identity(call.id)
        log.info("call claimed", call_id=call.id, epoch=request.epoch, worker_id=request.worker_id)
        return Claim(
            call_id=call.id,
            epoch=call.agent_epoch,
            room_name=call.room_name,
            caller_identity=call.caller_id,
            agent_identity=identity,
            livekit_url=livekit.internal_url,
            token=livekit.tokens.for_agent(call.media_room, identity, ttl_s=self._limits.agent_token_s),
            system_prompt=texts.instructions.system_prompt,
            greeting=texts.instructions.greeting,
            voice=effective_voice(call.voice),
            model=effective_model(call.model),
            max_duration_s=_left_s(call, self._limits.max_call_s, now_ms),
            idle_timeout_s=self._limits.idle_timeout_s,
            reconnect_grace_s=self._limits.reconnect_grace_s,
            call_type=call.call_type.value,
            callee_identity=call.callee_id,
            history=talk_so_far(texts.segments),
            takes_over=call.takes_over and call.connected_at_ms is not None,
            recording_notice=self._has_notice and _is_recorded_from_here(call),
        )


@dataclass(frozen=True, slots=True)
class _Texts:
    instructions: Instructions
    segments: list[StoredSegment]


def _is_recorded_from_here(call: Call) -> bool:
    """Whether the first recording begins when this agent and the caller meet. Where several talk it waits for others,
    and the notice comes when it begins (`shared.recording_order.RecordingOrder`)."""
    return call.call_type is CallType.SUPPORT and call.recording_enabled and call.recording_begun_ms is None


def _left_s(call: Call, max_call_s: int, now_ms: int) -> int:
    """The longest duration is the call's, whoever serves it."""
    spent_s = 0 if call.connected_at_ms is None else (now_ms - call.connected_at_ms) // 1000
    return max(1, max_call_s - spent_s)


def talk_so_far(segments: Sequence[StoredSegment]) -> tuple[SaidBefore, ...]:
    """The newest part of the talk that a claim may carry, oldest first."""
    said: list[SaidBefore] = []
    left = MAX_HISTORY_CHARS
    for segment in reversed(segments[-MAX_HISTORY_ITEMS:]):
        left -= len(segment.text)
        if left < 0:
            break
        said.append(SaidBefore(segment.speaker == AGENT_SPEAKER, segment.text))
    return tuple(reversed(said))


def _texts(tx: CallTx, call: Call) -> _Texts:
    return _Texts(tx.instructions(call.id), tx.segments(call.id))


def _claim(tx: CallTx, request: ClaimRequest, now_ms: int) -> tuple[Call, _Texts]:
    before = tx.call(request.call_id)
    if before is not None and before.recorder is not None and request.epoch == before.recorder.epoch:
        return claim_recorder(tx, before, request, now_ms), _Texts(Instructions(), [])
    if before is None or before.is_final or request.epoch != before.agent_epoch:
        raise VoiceError(Errors.CLAIM_LOST, "This call is over, or was given another agent.")
    if before.agent_state is AgentState.PENDING:
        changed = replace(
            before,
            agent_state=next_agent_state(before.agent_state, AgentEvent.CLAIMED),
            agent_worker_id=request.worker_id,
            agent_job_id=request.job_id,
            agent_claimed_ms=now_ms,
        )
        return settle_and_save(tx, before, changed), _texts(tx, before)
    is_winner = (before.agent_worker_id, before.agent_job_id) == (request.worker_id, request.job_id)
    if not is_winner or before.agent_state is AgentState.DISCONNECTED:
        raise VoiceError(Errors.CLAIM_LOST, "Another agent has this call.")
    return before, _texts(tx, before)
