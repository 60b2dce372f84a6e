"""How the facts of a recording become its stored row: what every use case about recordings ends with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from control_api.ports import CallTx
from control_api.recording_facts import lost, never_began, settle, told
from control_api.recording_records import Recording, RecordingPart
from control_api.services.erasures import doom
from control_api.services.record import save_recording
from shared.call_report import RecordingReport
from shared.ids import EgressId
from shared.log import get_logger

log = get_logger(__name__)


def settle_and_save(tx: CallTx, before: Recording, at_ms: int, changed: Recording | None = None) -> Recording:
    """`changed`: `before` with the use case's own changes. `at_ms`: when what changes it happened."""
    after = settle(before if changed is None else changed, tx.parts(before.egress_id))
    if after == before:
        return before
    if after.state is not before.state:
        log.info("recording", call_id=after.call_id, egress_id=after.egress_id, state=after.state.value)
    return save_recording(tx, before, after, at_ms)


def ask_to_stop(tx: CallTx, recording: Recording, now_ms: int) -> Recording:
    if recording.stop_asked_ms is not None or recording.is_final:
        return recording
    return settle_and_save(tx, recording, now_ms, replace(recording, stop_asked_ms=now_ms))


def take_report(tx: CallTx, event: RecordingReport, at_ms: int) -> bool:
    """False when there is no such recording (any more)."""
    recording = tx.recording(event.egress_id)
    if recording is None:
        return False
    before = next((part for part in tx.parts(event.egress_id) if part.part == event.part), None)
    after = told(before, event)
    tx.put_part(after)
    if before is not None and before.path not in (None, after.path):
        # Joined again, with a part that had turned up.
        doom(tx, (path for path in (before.path, before.peaks_path) if path is not None), at_ms)
    settle_and_save(tx, recording, at_ms)
    return True


def give_up(tx: CallTx, egress_id: EgressId, now_ms: int, is_lost: Callable[[RecordingPart], bool]) -> Recording | None:
    """What `is_lost` is not waited for any longer. None when there was nothing to give up."""
    recording = tx.recording(egress_id)
    if recording is None or recording.is_final:
        return None
    parts = tx.parts(egress_id)
    given_up = [lost(part) for part in parts if is_lost(part)] if parts else [never_began(egress_id)]
    for part in given_up:
        tx.put_part(part)
    asked_ms = recording.stop_asked_ms or now_ms
    return settle_and_save(tx, recording, now_ms, replace(recording, stop_asked_ms=asked_ms))
