"""The ports to files of recordings: where they are written, and where they belong."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shared.call_report import RecordingCause
from shared.ids import CallId
from shared.recording_order import FileType, RecordingOrder
from worker.timeline import Block


@dataclass(frozen=True, slots=True)
class Part:
    """What one job writes for one order."""

    call_id: CallId
    epoch: int
    order: RecordingOrder
    started_ms: int
    """When the first sample was heard: milliseconds since 1970."""


@dataclass(frozen=True, slots=True)
class WrittenPart:
    """A part that is complete and lies in the spool."""

    part: Part
    duration_ms: int
    """0: nothing of it can be played."""
    cause: RecordingCause
    sound: Path
    peaks: Path | None


class PartFile(ABC):
    """A part that is being written, off the loop."""

    @abstractmethod
    def write(self, block: Block) -> None:
        """Never blocks and never raises. A disk that cannot keep up for 10 s makes the newest block silence."""

    @property
    @abstractmethod
    def waiting_ms(self) -> int:
        """How much of it is not written yet."""

    @property
    @abstractmethod
    def failure(self) -> RecordingCause | None:
        """Why nothing more is written, if so. What was written before can be played."""

    @abstractmethod
    async def close(self, cause: RecordingCause) -> WrittenPart:
        """Write what waits and end the file. `cause` stands unless there is a failure."""


class RecordingSpool(ABC):
    """Where parts lie until the store has them. They survive the process."""

    @abstractmethod
    def open(self, part: Part) -> PartFile:
        """Begin to write; returns at once, problems show as `PartFile.failure`."""

    @abstractmethod
    def left_over(self) -> list[WrittenPart]:
        """Parts of processes that are dead, mended; each is given once. Reads and writes whole files: call it off the
        loop."""

    @abstractmethod
    def remove(self, written: WrittenPart) -> None:
        """Forget the part and its files."""


class StoreUnavailable(Exception):
    """The store did not take the file, or what it has is not the same. `str()` is a short text without an address."""


@dataclass(frozen=True, slots=True)
class Stored:
    size_bytes: int
    sha256: str
    """In hexadecimal."""


class RecordingStore(ABC):
    @abstractmethod
    async def put(self, file: Path, path: str) -> Stored:
        """Store `file` at the relative `path` and look that it is there, whole. Raises `StoreUnavailable`."""

    @abstractmethod
    async def fetch(self, path: str, file: Path) -> None:
        """Write what lies at `path` into `file`. Raises `StoreUnavailable`, and `OSError` when it cannot be written."""


class PartsUnusable(Exception):
    """These parts cannot be joined. `str()` is a short text."""


@dataclass(frozen=True, slots=True)
class Joined:
    sound: Path
    peaks: Path
    duration_ms: int


class PartJoiner(ABC):
    """All of it may block: call it off the loop."""

    @abstractmethod
    def folder(self, name: str) -> Path:
        """A new, empty one, for the parts and what is made of them. Raises `OSError`."""

    @abstractmethod
    def join(self, parts: Sequence[tuple[Path, int]], file_type: FileType, folder: Path) -> Joined:
        """One file of all, silence where there is none. `parts`: (file, when its sound begins: ms after that of the
        first). Raises `PartsUnusable`."""

    @abstractmethod
    def forget(self, folder: Path) -> None:
        """With all that is in it."""
