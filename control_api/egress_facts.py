"""What LiveKit's Egress service says of one egress, and what that means for the recording that it makes. Pure.

An egress writes one file, so a recording by it has one part. It is found by the path of its file, which is never used
twice: the answer that would have told us its id may be lost.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from shared.call_report import (
    RecordingCause,
    RecordingEnded,
    RecordingFailed,
    RecordingReport,
    RecordingStarted,
    RecordingStored,
)
from shared.ids import EgressId

PART = 1
MAX_CHARS = 1024


class EgressStatus(StrEnum):
    STARTING = "EGRESS_STARTING"
    ACTIVE = "EGRESS_ACTIVE"
    ENDING = "EGRESS_ENDING"
    COMPLETE = "EGRESS_COMPLETE"
    FAILED = "EGRESS_FAILED"
    ABORTED = "EGRESS_ABORTED"
    LIMIT_REACHED = "EGRESS_LIMIT_REACHED"


RUNNING = frozenset({EgressStatus.STARTING, EgressStatus.ACTIVE, EgressStatus.ENDING})


@dataclass(frozen=True, slots=True)
class EgressSeen:
    """One egress, as a list or a webhook shows it. `started_ms` since 1970."""

    external_id: str
    status: EgressStatus
    path: str
    """Of its file, as we asked for it."""
    started_ms: int | None = None
    duration_ms: int = 0
    size_bytes: int = 0

    @property
    def is_running(self) -> bool:
        return self.status in RUNNING


def reports(seen: EgressSeen, egress_id: EgressId, path: str) -> Iterator[RecordingReport]:
    """The same as a worker would tell. `path`: where the file lies below the root of our store."""
    if seen.started_ms is not None and seen.status is not EgressStatus.STARTING:
        yield RecordingStarted(egress_id, PART, seen.started_ms)
    if seen.is_running:
        return
    if seen.size_bytes <= 0:
        yield RecordingFailed(egress_id, PART, seen.status.value.lower())
        return
    is_whole = seen.status is EgressStatus.COMPLETE
    cause = RecordingCause.STOPPED if is_whole else RecordingCause.ENCODER_FAILED
    yield RecordingEnded(egress_id, PART, seen.duration_ms, cause)
    yield RecordingStored(
        egress_id, PART, path, seen.size_bytes, sha256="", duration_ms=seen.duration_ms, peaks_path=None
    )


def read_egress(info: Any) -> EgressSeen | None:
    """`egressInfo` of a webhook: JSON in protobuf's mapping, so 64-bit numbers are texts and zero values are left out.
    None for one that is not of ours, or of a status that we do not know."""
    if not isinstance(info, Mapping):
        return None
    external_id, path = info.get("egressId"), _path(info)
    status = info.get("status", EgressStatus.STARTING.value)
    if not isinstance(external_id, str) or not 0 < len(external_id) <= 128 or path is None:
        return None
    if status not in {known.value for known in EgressStatus}:
        return None
    file = _first(info.get("fileResults"))
    started_ms = _ms(file, "startedAt") or _ms(info, "startedAt")
    size_bytes = _integer(file.get("size"))
    return EgressSeen(external_id, EgressStatus(status), path, started_ms, _ms(file, "duration") or 0, size_bytes)


def sanitised(info: Any) -> dict[str, Any] | None:
    """The part of `egressInfo` that may be stored: it carries the keys of the bucket."""
    seen = read_egress(info)
    if seen is None:
        return None
    file = {"startedAt": (seen.started_ms or 0) * 10**6, "duration": seen.duration_ms * 10**6, "size": seen.size_bytes}
    return {
        "egressId": seen.external_id,
        "status": seen.status.value,
        "roomComposite": {"fileOutputs": [{"filepath": seen.path}]},
        "fileResults": [file],
    }


def _path(info: Mapping[str, Any]) -> str | None:
    request = info.get("roomComposite")
    outputs = request.get("fileOutputs") if isinstance(request, Mapping) else None
    path = _first(outputs).get("filepath")
    return path if isinstance(path, str) and 0 < len(path) <= MAX_CHARS else None


def _first(values: Any) -> Mapping[str, Any]:
    found = values[0] if isinstance(values, list) and values else None
    return found if isinstance(found, Mapping) else {}


def _ms(source: Mapping[str, Any], key: str) -> int | None:
    """Nanoseconds there."""
    return _integer(source.get(key)) // 10**6 or None


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return 0
    try:
        return max(0, int(value))
    except ValueError:
        return 0
