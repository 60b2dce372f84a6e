"""What recordings need of the outside: who records, and where the files lie."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from control_api.egress_facts import EgressSeen
from control_api.recording_records import Recording, RecordingPage, RecordingPart
from shared.ids import CallId, EgressId, MediaRoom


class RecordingInProgress(Exception):
    """The call is being recorded already."""


class PathTaken(Exception):
    """Another recording has this path."""


class RecordingTx(Protocol):
    """The part of a transaction that knows of recordings."""

    def insert_recording(self, recording: Recording) -> None:
        """Raises `RecordingInProgress` or `PathTaken`."""

    def save_recording(self, recording: Recording) -> Recording:
        """As `CallTx.save_call`."""

    def recording(self, egress_id: EgressId) -> Recording | None: ...

    def recordings(self, call_id: CallId) -> list[Recording]:
        """Newest first."""

    def recording_of_file(self, path: str) -> Recording | None:
        """The one whose file belongs at this path."""

    def recording_by_external_id(self, external_id: str) -> Recording | None: ...

    def calls_with_recordings(self, call_ids: Sequence[CallId]) -> set[CallId]: ...

    def recordings_in_progress(self, *, limit: int, offset: int) -> RecordingPage:
        """Of all calls, newest first."""

    def unfinished_recordings(self) -> list[Recording]:
        """In progress, or on their way to the store."""

    def recordings_in_parts(self, since_ms: int, limit: int) -> list[Recording]:
        """Those that are `partial`, ended since then, and of which several files lie in the store; newest first."""

    def put_part(self, part: RecordingPart) -> None: ...

    def parts(self, egress_id: EgressId) -> list[RecordingPart]:
        """In the order in which they were written."""


class RecorderUnavailable(Exception):
    """The recorder, or the store for its files, does not answer."""


class MayNotLook(RecorderUnavailable):
    """The store answers, takes our key, and does not tell whether a file is there: S3 without ``s3:ListBucket``."""


class Recorder(Protocol):
    """Writes what is said in a call into a file. It is only asked here; what becomes of a recording it says in its own
    time (`control_api.recording_facts`). Both requests are idempotent."""

    async def start(self, recording: Recording) -> None:
        """Raises `RecorderUnavailable`."""
        ...

    async def stop(self, recording: Recording) -> None:
        """Raises `RecorderUnavailable`."""
        ...

    async def look(self, unfinished: Sequence[Recording]) -> None:
        """At what became of these, for a recorder that does not tell it by itself. Raises `RecorderUnavailable`."""
        ...

    async def aclose(self) -> None:
        """For one that holds a connection."""
        return


class EgressGateway(Protocol):
    """LiveKit's Egress service. Every method raises `RecorderUnavailable` within its time limit."""

    async def start(self, room: MediaRoom, path: str, file_type: str) -> EgressSeen:
        """All microphones of the room, mixed, into a file at this path of the bucket."""
        ...

    async def stop(self, external_id: str) -> None:
        """Nothing happens when it is over, or not known (any more)."""
        ...

    async def running(self) -> list[EgressSeen]: ...

    async def find(self, external_id: str) -> EgressSeen | None:
        """Also one that is over, as long as the service remembers it."""
        ...

    async def aclose(self) -> None: ...


class RecordingStorage(Protocol):
    """Where recordings lie when they are ready. A path is relative: ``<call id>/...``. Every method raises
    `RecorderUnavailable` when the store does not answer in time."""

    async def exists(self, path: str) -> bool:
        """Raises `MayNotLook` too."""
        ...

    async def read(self, path: str, *, max_bytes: int) -> bytes | None:
        """A small file. None: there is none, or it is larger."""
        ...

    async def signed_url(self, path: str, *, ttl_s: int) -> str:
        """An address by which anybody can fetch the file for so long."""
        ...

    async def delete(self, path: str) -> None:
        """Nothing happens when there is no such file."""
        ...


class RecordingFiles(Protocol):
    """Recordings in a folder of this machine, which we serve ourselves."""

    def find(self, path: str) -> Path | None:
        """The file, if it is one, and really lies under the folder."""
