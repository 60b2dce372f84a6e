"""The hidden participants that a call without an agent is heard by, one after the other. Pure.

They are counted with the agents (`Call.last_epoch`), so that (call, epoch) names one job of either kind.
"""

from __future__ import annotations

from dataclasses import replace

from control_api.recording_records import RecorderJob
from control_api.records import Call
from shared.claims import ClaimRequest


def with_new_recorder(call: Call, now_ms: int) -> Call:
    """The call, with a recorder on its way; the same call when it has one."""
    if call.recorder is not None and call.recorder.gone_ms is None:
        return call
    return replace(call, recorder=RecorderJob(call.last_epoch + 1, requested_ms=now_ms, dispatched_ms=now_ms))


def with_recorder_dispatched(call: Call, epoch: int, now_ms: int) -> Call:
    """Nobody has claimed it yet: it is dispatched again."""
    job = call.recorder
    if job is None or job.epoch != epoch or not job.is_pending:
        return call
    return replace(call, recorder=replace(job, dispatched_ms=now_ms))


def without_recorder(call: Call, epoch: int, now_ms: int) -> Call:
    """The recorder of this epoch is lost, or not needed any more."""
    job = call.recorder
    if job is None or job.epoch != epoch or job.gone_ms is not None:
        return call
    return replace(call, recorder=replace(job, gone_ms=now_ms))


def claimed_recorder(call: Call, request: ClaimRequest, now_ms: int) -> Call | None:
    """The call, whose recorder is this job; None when another one has it, or it is not wanted any more."""
    job = call.recorder
    if job is None or job.epoch != request.epoch or job.gone_ms is not None or call.is_final:
        return None
    if job.is_pending:
        job = replace(job, worker_id=request.worker_id, job_id=request.job_id, claimed_ms=now_ms)
        return replace(call, recorder=job)
    is_winner = (job.worker_id, job.job_id) == (request.worker_id, request.job_id)
    return call if is_winner else None
