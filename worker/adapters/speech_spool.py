"""Speech that waits for its words: a folder per worker process, in it one file per stretch of speech.

A file is one JSON line that says whose and when, and the sound behind it. It gets its name when it is whole: whenever
the process dies, what has the name can be used.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

from shared import wire
from shared.ids import CallId, Identity, WorkerId
from shared.log import get_logger
from worker.adapters.process_folders import ProcessFolders
from worker.ports import KeptSpeech, Pcm, SpeechSpool, Spoken

SUFFIX = ".speech"
MAX_ABOUT_BYTES = 4096

_log = get_logger(__name__)


class DiskSpeechSpool(SpeechSpool):
    def __init__(self, parent: Path, worker_id: WorkerId) -> None:
        """Raises `OSError` when `parent` cannot be written."""
        self._folders = ProcessFolders(parent, worker_id)

    def keep(self, spoken: Spoken, audio: Pcm) -> KeptSpeech:
        # Named by its time, so that those of a dead process are found in their order.
        file = self._folders.own / f"{spoken.start_ms}.{spoken.call_id}.{spoken.segment_id}{SUFFIX}"
        new = file.with_suffix(".new")
        try:
            with new.open("wb") as stream:
                stream.write(wire.dumps(_about(spoken)).encode() + b"\n")
                stream.write(audio)
            new.replace(file)
        except OSError:
            with contextlib.suppress(OSError):
                new.unlink(missing_ok=True)
            raise
        return KeptSpeech(spoken, file, len(audio))

    def read(self, kept: KeptSpeech) -> bytes:
        return kept.file.read_bytes().partition(b"\n")[2]

    def left_over(self) -> list[KeptSpeech]:
        found: list[KeptSpeech] = []
        for folder in self._folders.adopt():
            for file in folder.glob("*.new"):
                file.unlink(missing_ok=True)
            found += [kept for file in folder.glob(f"*{SUFFIX}") if (kept := _found(file)) is not None]
        if found:
            _log.info("speech of dead workers found", count=len(found))
        return sorted(found, key=lambda kept: kept.spoken.start_ms)

    def remove(self, kept: KeptSpeech) -> None:
        with contextlib.suppress(OSError):
            kept.file.unlink(missing_ok=True)
            self._folders.give_up_if_empty(kept.file.parent)

    def close(self) -> None:
        """What waits is found by the next process."""
        self._folders.close()


def _about(spoken: Spoken) -> dict[str, Any]:
    return {
        "v": 1,
        "callId": spoken.call_id,
        "epoch": spoken.epoch,
        "segmentId": spoken.segment_id,
        "speaker": spoken.speaker,
        "startMs": spoken.start_ms,
        "endMs": spoken.end_ms,
    }


def _found(file: Path) -> KeptSpeech | None:
    """None, and gone, when it is nothing that can be read."""
    try:
        with file.open("rb") as stream:
            line = stream.readline(MAX_ABOUT_BYTES)
        about = wire.parse_object(line, max_bytes=MAX_ABOUT_BYTES)
        spoken = Spoken(
            call_id=CallId(wire.text(about, "callId", max_chars=64)),
            epoch=wire.integer(about, "epoch", minimum=1),
            segment_id=wire.text(about, "segmentId", max_chars=64),
            speaker=Identity(wire.text(about, "speaker")),
            start_ms=wire.integer(about, "startMs"),
            end_ms=wire.integer(about, "endMs"),
        )
        return KeptSpeech(spoken, file, file.stat().st_size - len(line))
    except (OSError, wire.WireError):
        _log.warning("speech that cannot be read", file=file.name)
        file.unlink(missing_ok=True)
        return None
