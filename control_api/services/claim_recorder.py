"""The claim of a recorder's job: as an agent's, without anything that is the model's."""

from __future__ import annotations

from control_api.limits import Limits
from control_api.ports import CallTx
from control_api.recorder_jobs import claimed_recorder
from control_api.records import Call
from control_api.services.livekit import LiveKit
from control_api.services.record import save_if_changed
from shared.call_spec import JobRole
from shared.claims import Claim, ClaimRequest
from shared.errors import Errors, VoiceError
from shared.ids import notice_identity, recorder_identity


def claim_recorder(tx: CallTx, before: Call, request: ClaimRequest, now_ms: int) -> Call:
    """Raises `VoiceError` (claim_lost). The same job asking again gets it again."""
    claimed = claimed_recorder(before, request, now_ms)
    if claimed is None:
        raise VoiceError(Errors.CLAIM_LOST, "Another recorder has this call, or it needs none.")
    return save_if_changed(tx, before, claimed)


def recorder_claim(livekit: LiveKit, call: Call, epoch: int, limits: Limits, *, has_notice: bool) -> Claim:
    """`has_notice`: that a call is recorded is said in it."""
    identity = recorder_identity(call.id)
    return Claim(
        call_id=call.id,
        epoch=epoch,
        room_name=call.room_name,
        caller_identity=call.caller_id,
        agent_identity=identity,
        livekit_url=livekit.internal_url,
        token=livekit.tokens.for_recorder(call.media_room, identity, ttl_s=limits.agent_token_s),
        system_prompt="",
        greeting=None,
        voice="",
        model="",
        max_duration_s=limits.max_call_s,
        idle_timeout_s=limits.idle_timeout_s,
        reconnect_grace_s=limits.reconnect_grace_s,
        call_type=call.call_type.value,
        callee_identity=call.callee_id,
        role=JobRole.RECORDER,
        transcribe=call.transcription_enabled and not call.has_agent,
        is_early=call.connected_at_ms is None,
        notice_token=_notice_token(livekit, call, limits) if has_notice else None,
    )


def _notice_token(livekit: LiveKit, call: Call, limits: Limits) -> str:
    """Good for as long as the recorder's: a recording may begin at any time."""
    return livekit.tokens.for_notice(
        call.media_room,
        notice_identity(call.id),
        speaks_for=recorder_identity(call.id),
        ttl_s=limits.agent_token_s,
    )
