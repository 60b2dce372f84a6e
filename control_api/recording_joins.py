"""Which recordings are to be made one file, and whether they are. Pure.

A recording whose source went (its worker died, its agent left) has several parts, with the time between them missing.
Once at least two of them lie in the store, a worker joins them. The name of the joined file says of which parts it is:
so a part that turns up later (a dead worker's disk was found) makes it out of date, and it is joined again.
"""

from __future__ import annotations

from collections.abc import Sequence

from control_api.recording_records import Recording, RecordingPart
from shared.recording_order import MAX_PARTS, WHOLE, FileType, JoinOrder, whole_path


def written_parts(parts: Sequence[RecordingPart]) -> list[RecordingPart]:
    """Without the joined file."""
    return [part for part in parts if part.part != WHOLE or not part.is_stored]


def whole_of(recording: Recording, parts: Sequence[RecordingPart]) -> RecordingPart | None:
    """The joined file of all parts that lie in the store; None when there is none (yet)."""
    wanted = _path(recording, _joinable(parts))
    return next((part for part in parts if part.part == WHOLE and part.path == wanted), None)


def join_order(recording: Recording, parts: Sequence[RecordingPart]) -> JoinOrder | None:
    """What a worker shall do; None when there is nothing to join, or it is done."""
    joinable = _joinable(parts)
    if not recording.is_final or not 2 <= len(joinable) <= MAX_PARTS or whole_of(recording, parts) is not None:
        return None
    begins_ms = joinable[0].started_ms or 0
    return JoinOrder(
        egress_id=recording.egress_id,
        file_type=FileType(recording.file_type),
        path=_path(recording, joinable),
        parts=tuple((part.path or "", (part.started_ms or 0) - begins_ms) for part in joinable),
    )


def begins_ms(recording: Recording, parts: Sequence[RecordingPart]) -> int | None:
    """When the first sample of its file was heard: ms since 1970, by the clock of who wrote it, as the transcript's
    segments. Before there is a file, of its first part. None: nobody has said it."""
    own = [part for part in written_parts(parts) if recording.file_path in (None, part.path)]
    return min((part.started_ms for part in own or _joinable(parts) if part.started_ms is not None), default=None)


def _joinable(parts: Sequence[RecordingPart]) -> list[RecordingPart]:
    """In the order of their time."""
    stored = [part for part in parts if part.part != WHOLE and part.is_stored and part.started_ms is not None]
    return sorted(stored, key=lambda part: (part.started_ms or 0, part.part))


def _path(recording: Recording, joinable: Sequence[RecordingPart]) -> str:
    return whole_path(recording.path, sorted(part.part for part in joinable))
