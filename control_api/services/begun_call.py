"""What an earlier try at the same request, whose process was killed, has left of what it was making."""

from __future__ import annotations

from itertools import count

from uuid_utils import uuid7

from control_api.idempotency import Attempt
from control_api.ports import CallStore, CallTx
from control_api.recording_records import Recording
from control_api.records import Call
from shared.call_state import EndReason
from shared.ids import CallId, EgressId, make_egress_id
from shared.recording_state import RecordingState


async def begun_call(store: CallStore, attempt: Attempt | None) -> tuple[CallId, Call | None]:
    """The id to open the call under, and the call that is there already. Without an attempt (no Idempotency-Key) it is
    a new id. Notes in the attempt which call its answer is about."""
    if attempt is None:
        return CallId(str(uuid7())), None
    call_id, call = await store.read(lambda tx: _find(tx, attempt))
    attempt.call_id = call_id
    return call_id, call


def _find(tx: CallTx, attempt: Attempt) -> tuple[CallId, Call | None]:
    for number in count():
        call_id = attempt.reservation.derived_call_id(number)
        call = tx.call(call_id)
        if call is None or not _is_given_up(call):
            break
    return call_id, call


def _is_given_up(call: Call) -> bool:
    """Never opened, so never told to anybody, and ended by the upkeep: the next id takes its place."""
    return call.opened_at_ms is None and call.end_reason is EndReason.INTERNAL_ERROR


async def begun_recording(store: CallStore, attempt: Attempt | None) -> tuple[EgressId, Recording | None]:
    """The same for a recording. One that failed is given up."""
    if attempt is None:
        return make_egress_id(), None

    def use_case(tx: CallTx) -> tuple[EgressId, Recording | None]:
        for number in count():
            egress_id = attempt.reservation.derived_egress_id(number)
            recording = tx.recording(egress_id)
            if recording is None or recording.state is not RecordingState.FAILED:
                break
        return egress_id, recording

    return await store.read(use_case)
