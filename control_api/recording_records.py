"""What the store keeps of recordings, as plain values. All times are milliseconds since 1970 UTC."""

from __future__ import annotations

from dataclasses import dataclass

from shared.call_report import RecordingCause
from shared.ids import CallId, EgressId, Identity, RoomName, WorkerId
from shared.recording_state import FINAL_STATES, IN_PROGRESS, RecordingState


@dataclass(frozen=True, slots=True)
class Recording:
    """One recording of a call. The second block is what `control_api.recording_facts.settle` makes of its parts."""

    egress_id: EgressId
    call_id: CallId
    room_name: RoomName
    file_type: str
    """``mp4`` or ``ogg``."""
    path: str
    """Where its file lies under the root of the store; never used again."""
    created_ms: int
    asked_by: Identity | None = None
    """Who asked for it."""
    stop_asked_ms: int | None = None
    """When it was told to stop, or its call ended."""
    first_epoch: int | None = None
    """Of the job that was told to record first: its file lies at `path`, those of later ones beside it."""
    external_id: str | None = None
    """What another service that records for us calls it."""

    state: RecordingState = RecordingState.STARTING
    ended_ms: int | None = None
    """When it was told to stop, or stopped by itself."""
    file_path: str | None = None
    """Where what can be played lies: of several parts, the longest until they are joined."""
    peaks_path: str | None = None
    """Where the waveform of that file lies."""
    duration_ms: int | None = None
    """Of all parts that can be played; once they are joined, with the silence between them."""
    size_bytes: int | None = None
    version: int = 1

    @property
    def is_in_progress(self) -> bool:
        return self.state in IN_PROGRESS

    @property
    def is_final(self) -> bool:
        return self.state in FINAL_STATES


@dataclass(frozen=True, slots=True)
class RecordingPart:
    """One file of a recording, as the job that writes it tells of it: the facts that a `Recording` is made of."""

    egress_id: EgressId
    part: int
    """The epoch of the job; `shared.recording_order.WHOLE` is the file that was joined of the others."""
    started_ms: int | None = None
    cause: RecordingCause | None = None
    """Why it ended; None while it is being written."""
    duration_ms: int | None = None
    path: str | None = None
    """Where it lies; None until it is stored and verified."""
    size_bytes: int | None = None
    sha256: str | None = None
    peaks_path: str | None = None
    failed: str | None = None
    """The code of why nothing of it can be played."""

    @property
    def is_stored(self) -> bool:
        return self.path is not None

    @property
    def has_ended(self) -> bool:
        return self.cause is not None or self.failed is not None

    @property
    def is_settled(self) -> bool:
        """Nothing more will be heard of it. (That it is stored says nothing yet of why it ended.)"""
        return (self.is_stored and self.cause is not None) or self.failed is not None


@dataclass(frozen=True, slots=True)
class PlacedRecording:
    recording: Recording
    begins_ms: int | None
    """When the sound of its file begins (`control_api.recording_joins.begins_ms`)."""


@dataclass(frozen=True, slots=True)
class RecordingPage:
    recordings: tuple[Recording, ...]
    total: int


@dataclass(frozen=True, slots=True)
class RecorderJob:
    """The hidden participant that hears a call which has no agent: dispatched, claimed and replaced as an agent is."""

    epoch: int
    """Of the same count as the agents' epochs."""
    requested_ms: int
    dispatched_ms: int
    """When it was last dispatched."""
    worker_id: WorkerId | None = None
    job_id: str | None = None
    claimed_ms: int | None = None
    gone_ms: int | None = None
    """When it was told to leave, or was lost."""

    @property
    def is_pending(self) -> bool:
        return self.claimed_ms is None and self.gone_ms is None

    @property
    def is_there(self) -> bool:
        return self.claimed_ms is not None and self.gone_ms is None
