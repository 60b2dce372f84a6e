"""A recording's row is what its facts add up to. Pure.

The facts: what was asked (`stop_asked_ms`), what the jobs that write its parts have said (`RecordingPart`), and what
the upkeep has waited for long enough (`lost`). They come late, twice and in any order, so no handler sets a state; each
stores its fact and `settle` computes the row, by the table in `shared.recording_state`.

A part ends for one of two reasons. Its *source* is gone (the job left a call that goes on, its process died): the
recording waits for the next job, which writes another part. It is `partial` then, since of the time between them there
is nothing; its file is the longest part until a worker has joined them (`control_api.recording_joins`). Or the
*recording* has ended: it was told to stop, the call is over, the disk is full. That a part is empty is no reason: whose
process died before its first sound is gone like any other source. One that never began was refused by a job that lives,
and ends the recording.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from control_api.recording_joins import whole_of, written_parts
from control_api.recording_records import Recording, RecordingPart
from shared.call_report import (
    RecordingCause,
    RecordingEnded,
    RecordingFailed,
    RecordingReport,
    RecordingStarted,
    RecordingStored,
)
from shared.ids import EgressId
from shared.recording_state import RecordingEvent, next_recording_state

LOST = "lost"
_SOURCE_GONE = frozenset({RecordingCause.JOB_OVER, RecordingCause.WORKER_LOST})
_WHOLE = frozenset({RecordingCause.STOPPED, RecordingCause.CALL_OVER})


def told(part: RecordingPart | None, event: RecordingReport) -> RecordingPart:
    """The part, with what its job says now."""
    part = part or RecordingPart(event.egress_id, event.part)
    match event:
        case RecordingStarted():
            return replace(part, started_ms=event.started_ms)
        case RecordingEnded():
            return replace(part, cause=event.cause, duration_ms=event.duration_ms)
        case RecordingStored():
            return replace(
                part,
                path=event.path,
                size_bytes=event.size_bytes,
                sha256=event.sha256,
                duration_ms=event.duration_ms,
                peaks_path=event.peaks_path,
            )
        case RecordingFailed():
            return replace(part, failed=event.code, cause=event.cause or part.cause)


def lost(part: RecordingPart) -> RecordingPart:
    """The part, that was waited for long enough. If it turns up after all, it counts again."""
    return part if part.is_settled else replace(part, failed=LOST)


def never_began(egress_id: EgressId) -> RecordingPart:
    """What stands for the parts of a recording that no job ever wrote anything of."""
    return RecordingPart(egress_id, 0, failed=LOST)


def settle(recording: Recording, parts: Sequence[RecordingPart]) -> Recording:
    """The row that these facts add up to."""
    state, written = recording.state, written_parts(parts)
    for event in _events(recording, written):
        state = next_recording_state(state, event)
    whole = whole_of(recording, parts)
    stored = [part for part in written if part.is_stored] if whole is None else [whole]
    longest = max(stored, key=lambda part: (part.duration_ms or 0, -part.part), default=None)
    return replace(
        recording,
        state=state,
        ended_ms=_ended_ms(recording, written),
        file_path=None if longest is None else longest.path,
        peaks_path=None if longest is None else longest.peaks_path,
        duration_ms=sum(part.duration_ms or 0 for part in stored) if stored else None,
        size_bytes=sum(part.size_bytes or 0 for part in stored) if stored else None,
    )


def _events(recording: Recording, parts: Sequence[RecordingPart]) -> Iterator[RecordingEvent]:
    if any(part.started_ms is not None for part in parts):
        yield RecordingEvent.STARTED
    if recording.stop_asked_ms is not None:
        yield RecordingEvent.STOP_ASKED
    is_over = recording.stop_asked_ms is not None or _ended_by_itself(parts)
    if is_over and parts and all(part.has_ended for part in parts):
        yield _outcome(parts) if all(part.is_settled for part in parts) else RecordingEvent.WRITTEN


def _ended_by_itself(parts: Sequence[RecordingPart]) -> bool:
    """Only the newest part can say so: those before it had lost their source."""
    newest = max(parts, key=lambda part: part.part, default=None)
    return newest is not None and newest.has_ended and newest.cause not in _SOURCE_GONE


def _outcome(parts: Sequence[RecordingPart]) -> RecordingEvent:
    if not any(part.is_stored for part in parts):
        return RecordingEvent.BROKEN
    is_whole = len(parts) == 1 and parts[0].cause in _WHOLE
    return RecordingEvent.STORED if is_whole else RecordingEvent.STORED_IN_PART


def _ended_ms(recording: Recording, parts: Sequence[RecordingPart]) -> int | None:
    if recording.stop_asked_ms is not None:
        return recording.stop_asked_ms
    if not _ended_by_itself(parts):
        return None
    newest = max(parts, key=lambda part: part.part)
    return (newest.started_ms or recording.created_ms) + (newest.duration_ms or 0)
