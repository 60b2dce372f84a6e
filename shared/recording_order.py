"""What the API orders when it wants a call recorded: the ``args`` of a START_RECORDING command.

One job writes one file per order. When the job's process dies, or the agent leaves and the call goes on, the API gives
the same recording to another job: the recording then has several *parts*, each with a path of its own. A part is named
by the epoch of the job that wrote it, which orders the parts of a recording and makes them unique.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from shared import wire
from shared.ids import EgressId

MAX_PATH_CHARS = 768
"""A path that a user chose has up to 512."""
MAX_PARTS = 20
"""More are not joined: a call that loses its agent so often is not given another one for long."""
WHOLE = 0
"""The number of the file that is joined of the others, among the parts."""
NOTICE = "recorded"
"""The stored line that says so in the call, as the timeline names it (the detail of ``clip_played``)."""
_SEGMENT = r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,255}"
_PATH = re.compile(rf"{_SEGMENT}(/{_SEGMENT})*")
_EGRESS_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")


class FileType(StrEnum):
    MP4 = "mp4"
    """AAC in fragmented MP4."""
    OGG = "ogg"
    """Opus."""


class Channels(StrEnum):
    TWO_PARTY = "two_party"
    """The caller left, everybody else right."""
    MIXED = "mixed"
    """Everybody on one channel."""

    @property
    def size(self) -> int:
        return 2 if self is Channels.TWO_PARTY else 1


_E = TypeVar("_E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class RecordingOrder:
    egress_id: EgressId
    file_type: FileType
    path: str
    """Where the file of this part belongs in the store: relative, ``<call id>/...``. The API gives each part another
    one (`part_path`)."""
    channels: Channels
    notice: bool = False
    """Say in the call that it is recorded (`NOTICE`)."""

    def to_args(self) -> dict[str, Any]:
        return {
            "egressId": self.egress_id,
            "fileType": self.file_type.value,
            "path": self.path,
            "channels": self.channels.value,
            "notice": self.notice,
        }

    @staticmethod
    def from_args(args: Mapping[str, Any]) -> RecordingOrder:
        """Raises `wire.WireError`; a path that could leave the store's folder is one."""
        return RecordingOrder(
            egress_id=egress_id_of(args),
            file_type=_enum(FileType, args, "fileType"),
            path=_path_of(args),
            channels=_enum(Channels, args, "channels"),
            notice=args.get("notice") is True,
        )


@dataclass(frozen=True, slots=True)
class JoinOrder:
    """The ``args`` of a JOIN_RECORDING command: make one file of parts that lie in the store."""

    egress_id: EgressId
    file_type: FileType
    path: str
    """Where the joined file belongs."""
    parts: tuple[tuple[str, int], ...]
    """(where it lies, when its sound begins: ms after that of the first), in order."""

    def to_args(self) -> dict[str, Any]:
        return {
            "egressId": self.egress_id,
            "fileType": self.file_type.value,
            "path": self.path,
            "parts": [{"path": path, "startsMs": starts_ms} for path, starts_ms in self.parts],
        }

    @staticmethod
    def from_args(args: Mapping[str, Any]) -> JoinOrder:
        """Raises `wire.WireError`, as `RecordingOrder.from_args`."""
        parts = wire.objects(args, "parts", max_items=MAX_PARTS)
        return JoinOrder(
            egress_id=egress_id_of(args),
            file_type=_enum(FileType, args, "fileType"),
            path=_path_of(args),
            parts=tuple((_path_of(part), wire.integer(part, "startsMs")) for part in parts),
        )


def egress_id_of(args: Mapping[str, Any]) -> EgressId:
    """Of either command about a recording. Raises `wire.WireError`."""
    egress_id = wire.text(args, "egressId", max_chars=128)
    if _EGRESS_ID.fullmatch(egress_id) is None:
        raise wire.WireError("egressId must be an id")
    return EgressId(egress_id)


def part_path(path: str, part: int) -> str:
    """Where a part belongs that is not the only one: ``a/b.mp4`` -> ``a/b.part-2.mp4``."""
    stem, _, extension = path.rpartition(".")
    return f"{stem}.part-{part}.{extension}"


def whole_path(path: str, parts: Sequence[int]) -> str:
    """Where the file belongs that is joined of these parts: ``a/b.mp4`` -> ``a/b.parts-1-3.mp4``."""
    stem, _, extension = path.rpartition(".")
    return f"{stem}.parts-{'-'.join(map(str, parts))}.{extension}"


def peaks_path(path: str) -> str:
    """Where the waveform of the file at `path` belongs."""
    return f"{path}.peaks.json"


def _path_of(args: Mapping[str, Any]) -> str:
    path = wire.text(args, "path", max_chars=MAX_PATH_CHARS)
    if _PATH.fullmatch(path) is None:
        raise wire.WireError("path must be a safe relative path")
    return path


def _enum(kind: type[_E], args: Mapping[str, Any], key: str) -> _E:
    try:
        return kind(wire.text(args, key))
    except ValueError:
        raise wire.WireError(f"{key} is not known") from None
