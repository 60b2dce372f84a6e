"""The files of one part in the spool: what it is (``part.json``), its sound, its waveform.

``part.json`` is there before the first sound and says how the part ended once it has. So whoever finds the folder knows
what it is and whether somebody died over it.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from shared import pcm, wire
from shared.call_report import RecordingCause
from shared.ids import CallId
from shared.log import get_logger
from shared.recording_order import FileType, RecordingOrder
from worker.adapters.audio_file import NothingToPlay, decode, finish, mend
from worker.peaks import Peaks, peaks_of
from worker.ports import Part, WrittenPart

ABOUT = "part.json"
MAX_BYTES = 16 * 1024

_log = get_logger(__name__)


class PartFolder:
    def __init__(self, path: Path, file_type: FileType) -> None:
        self._path = path
        self._type = file_type
        self.sound = path / f"sound.{file_type.value}"
        self._peaks = path / "peaks.json"

    def begin(self, part: Part) -> None:
        """Raises `OSError`."""
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._describe(part, {})

    def end(self, part: Part, duration_ms: int, cause: RecordingCause, peaks: str) -> WrittenPart:
        """The sound is complete. A disk that is full costs the waveform, and at worst the part is mended again after a
        restart."""
        try:
            self._peaks.write_text(peaks)
            self._describe(part, {"durationMs": duration_ms, "cause": cause.value})
        except OSError as error:
            _log.warning("recording not described", egress_id=part.order.egress_id, error=error.strerror)
        return self._written(part, duration_ms, cause)

    def finish(self) -> None:
        """The sound is whole: make it a file that players seek in. Where that cannot be (a full disk), it stays as it
        is, which plays."""
        try:
            finish(self.sound, self._type)
        except (NothingToPlay, OSError, ValueError) as error:
            _log.warning("recording is not indexed", error=type(error).__name__)

    def mended_ms(self, part: Part) -> int:
        """Make the sound playable, whatever state it is in. Gives its length; 0 when there is nothing to play."""
        try:
            return mend(self.sound, self._type)
        except (NothingToPlay, FileNotFoundError):
            return 0
        except (OSError, ValueError):
            # No room for a second file: what is there plays, as it is made to.
            return _played_ms(self.sound)

    def _describe(self, part: Part, end: dict[str, Any]) -> None:
        about = {
            "v": 1,
            "callId": part.call_id,
            "epoch": part.epoch,
            "startedMs": part.started_ms,
            "order": part.order.to_args(),
        }
        new = self._path / f"{ABOUT}.new"
        new.write_text(wire.dumps(about | end))
        new.replace(self._path / ABOUT)

    def _written(self, part: Part, duration_ms: int, cause: RecordingCause) -> WrittenPart:
        peaks = self._peaks if self._peaks.exists() else None
        return WrittenPart(part, duration_ms, cause, self.sound, peaks)

    @staticmethod
    def found(path: Path) -> WrittenPart | None:
        """What a dead process left at `path`, mended; None when it is nothing, and then it is gone."""
        try:
            about = wire.parse_object((path / ABOUT).read_bytes(), max_bytes=MAX_BYTES)
            part = _part_of(about)
        except (OSError, wire.WireError):
            # Killed before the first sound.
            shutil.rmtree(path, ignore_errors=True)
            return None
        folder = PartFolder(path, part.order.file_type)
        if (duration_ms := wire.optional_integer(about, "durationMs")) is not None:
            folder.finish()
            return folder._written(part, duration_ms, RecordingCause(wire.text(about, "cause")))
        duration_ms = folder.mended_ms(part)
        channels = part.order.channels.size
        peaks = peaks_of(channels, decode(folder.sound)) if duration_ms else Peaks(channels).to_json()
        return folder.end(part, duration_ms, RecordingCause.WORKER_LOST, peaks)


def _part_of(about: dict[str, Any]) -> Part:
    order = about.get("order")
    return Part(
        call_id=CallId(wire.text(about, "callId", max_chars=64)),
        epoch=wire.integer(about, "epoch", minimum=1),
        order=RecordingOrder.from_args(order if isinstance(order, dict) else {}),
        started_ms=wire.integer(about, "startedMs"),
    )


def _played_ms(sound: Path) -> int:
    try:
        samples = sum(block.shape[1] for block in decode(sound))
        return int(samples * 1000 // pcm.SAMPLE_RATE_HZ)
    except (NothingToPlay, OSError):
        return 0
