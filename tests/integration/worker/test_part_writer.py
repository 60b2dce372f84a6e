"""One part, from its first block to a file that is ready for the store."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from shared.call_report import RecordingCause
from shared.ids import CallId, EgressId, WorkerId
from shared.recording_order import Channels, FileType, RecordingOrder
from tests.integration.worker.test_audio_file import noise, read, told_s
from worker.adapters.recording_spool import FolderSpool
from worker.ports import Part, WrittenPart

SECONDS = 20.0


async def written(spool: FolderSpool) -> WrittenPart:
    order = RecordingOrder(EgressId("EG_1"), FileType.MP4, "c/EG_1.mp4", Channels.TWO_PARTY)
    file = spool.open(Part(CallId("c"), 1, order, 1_700_000_000_000))
    audio = noise(SECONDS)
    # In pieces that fit into the queue, whatever the thread does meanwhile.
    for block in np.array_split(audio, 10, axis=1):
        file.write(block)
    return await file.close(RecordingCause.STOPPED)


async def test_a_part_that_is_closed_has_its_length_in_front(tmp_path: Path) -> None:
    spool = FolderSpool(tmp_path, WorkerId("w1"))
    part = await written(spool)
    assert (part.duration_ms, part.cause) == (SECONDS * 1000, RecordingCause.STOPPED)
    assert told_s(part.sound) == pytest.approx(SECONDS, abs=0.1)
    spool.close()


async def test_a_disk_without_room_for_that_keeps_the_file_that_plays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    spool = FolderSpool(tmp_path, WorkerId("w1"))
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        part = await written(spool)
    assert (part.duration_ms, part.cause) == (SECONDS * 1000, RecordingCause.STOPPED)
    assert read(part.sound).shape[1] / 24 == pytest.approx(SECONDS * 1000, abs=100)
    assert [path.name for path in part.sound.parent.iterdir() if "mended" in path.name] == []
    spool.close()

    other = FolderSpool(tmp_path, WorkerId("w2"))
    (found,) = other.left_over()
    assert found.duration_ms == SECONDS * 1000
    assert told_s(found.sound) == pytest.approx(SECONDS, abs=0.1), "the next process that finds it has room"
    other.close()
