"""A recorder and a store for its files, in memory. They do what they are asked, or are away."""

from __future__ import annotations

from collections.abc import Sequence

from control_api.recording_ports import Recorder, RecorderUnavailable, RecordingStorage
from control_api.recording_records import Recording
from control_api.services.recordings import RecordingBackend
from shared.ids import EgressId


class FakeRecorder(Recorder):
    """`down`: every request fails."""

    def __init__(self) -> None:
        self.running: dict[EgressId, Recording] = {}
        self.stops: list[EgressId] = []
        self.down = False

    async def start(self, recording: Recording) -> None:
        self._check()
        self.running[recording.egress_id] = recording

    async def stop(self, recording: Recording) -> None:
        self._check()
        self.stops.append(recording.egress_id)
        self.running.pop(recording.egress_id, None)

    async def look(self, unfinished: Sequence[Recording]) -> None:
        self._check()

    def _check(self) -> None:
        if self.down:
            raise RecorderUnavailable("down")


class FakeStorage(RecordingStorage):
    def __init__(self) -> None:
        self.paths: set[str] = set()
        self.content = b""
        """Of each of them."""
        self.down = False

    async def exists(self, path: str) -> bool:
        self._check()
        return path in self.paths

    async def read(self, path: str, *, max_bytes: int) -> bytes | None:
        self._check()
        return self.content if path in self.paths and len(self.content) <= max_bytes else None

    async def signed_url(self, path: str, *, ttl_s: int) -> str:
        self._check()
        return f"https://store.example/{path}?ttl={ttl_s}"

    async def delete(self, path: str) -> None:
        self._check()
        self.paths.discard(path)

    def _check(self) -> None:
        if self.down:
            raise RecorderUnavailable("down")


def fake_recording() -> tuple[FakeRecorder, FakeStorage, RecordingBackend]:
    recorder, storage = FakeRecorder(), FakeStorage()
    return recorder, storage, RecordingBackend(storage, recorder)
