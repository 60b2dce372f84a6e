"""Recordings in a folder of this machine. What cannot be signed there is served by a route of ours."""

from __future__ import annotations

import asyncio
from pathlib import Path

from control_api.recording_links import make_link
from control_api.recording_ports import RecorderUnavailable, RecordingFiles, RecordingStorage
from shared.clock import Clock


class FolderStorage(RecordingStorage, RecordingFiles):
    """`base_url`: of this API, as browsers reach it."""

    def __init__(self, folder: Path, key: bytes, base_url: str, clock: Clock) -> None:
        self._folder = folder
        self._key = key
        self._base_url = base_url
        self._clock = clock

    def find(self, path: str) -> Path | None:
        """No link is followed, neither to a file nor on the way to one: what lies here was put here by a worker."""
        root = self._folder.resolve()
        wanted = root.joinpath(*path.split("/"))
        try:
            found = wanted.resolve(strict=True)
        except (OSError, ValueError, RuntimeError):
            return None
        return found if found == wanted and found.is_relative_to(root) and found.is_file() else None

    async def exists(self, path: str) -> bool:
        return await asyncio.to_thread(self.find, path) is not None

    async def read(self, path: str, *, max_bytes: int) -> bytes | None:
        try:
            return await asyncio.to_thread(self._read, path, max_bytes)
        except OSError as error:
            raise RecorderUnavailable(error.strerror or "the file cannot be read") from None

    def _read(self, path: str, max_bytes: int) -> bytes | None:
        found = self.find(path)
        return None if found is None or found.stat().st_size > max_bytes else found.read_bytes()

    async def signed_url(self, path: str, *, ttl_s: int) -> str:
        expires_s = self._clock.now_ms() // 1000 + ttl_s
        return make_link(self._base_url, self._key, path, expires_s)

    async def delete(self, path: str) -> None:
        try:
            await asyncio.to_thread(self._delete, path)
        except OSError as error:
            raise RecorderUnavailable(error.strerror or "the file cannot be removed") from None

    def _delete(self, path: str) -> None:
        found = self.find(path)
        if found is None:
            return
        found.unlink(missing_ok=True)
        parent = found.parent
        if parent != self._folder.resolve() and not any(parent.iterdir()):
            parent.rmdir()
