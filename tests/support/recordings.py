"""What the job that records tells of one part, in short."""

from __future__ import annotations

from shared.call_report import (
    RecordingCause,
    RecordingEnded,
    RecordingFailed,
    RecordingReport,
    RecordingStarted,
    RecordingStored,
)
from shared.ids import EgressId
from tests.support.calls import T0


def started(egress_id: str, part: int = 1, started_ms: int = T0) -> RecordingReport:
    return RecordingStarted(EgressId(egress_id), part, started_ms)


def ended(
    egress_id: str, part: int = 1, cause: RecordingCause = RecordingCause.STOPPED, duration_ms: int = 60_000
) -> RecordingReport:
    return RecordingEnded(EgressId(egress_id), part, duration_ms, cause)


def stored(egress_id: str, part: int = 1, path: str = "call/file.mp4", duration_ms: int = 60_000) -> RecordingReport:
    return RecordingStored(EgressId(egress_id), part, path, 4_000, "0f" * 32, duration_ms, f"{path}.peaks.json")


def failed(egress_id: str, part: int = 1, cause: RecordingCause | None = None) -> RecordingReport:
    return RecordingFailed(EgressId(egress_id), part, "nothing_to_play", cause)


def whole(egress_id: str, path: str = "call/file.mp4") -> list[RecordingReport]:
    """From its start to the store."""
    return [started(egress_id), ended(egress_id), stored(egress_id, path=path)]
