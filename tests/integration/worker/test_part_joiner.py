"""Parts as one file: each sound at its time, silence between, whatever state the parts are in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shared import pcm
from shared.recording_order import FileType
from tests.integration.worker.test_audio_file import noise, read, told_s, write
from tests.support.sound import best_match
from worker.adapters.part_joiner import FolderJoiner
from worker.ports import PartsUnusable
from worker.timeline import Block

NEAR_MS = 30
SILENT = 300


def part(folder: Path, number: int, file_type: FileType, audio: Block) -> Path:
    path = folder / f"{number}.{file_type.value}"
    write(path, file_type, audio)
    return path


def samples(ms: float) -> int:
    return round(ms * pcm.SAMPLE_RATE_HZ / 1000)


def loudest(heard: Block, from_ms: float, to_ms: float) -> int:
    return int(np.abs(heard[:, samples(from_ms) : samples(to_ms)].astype(np.int32)).max())


@pytest.mark.parametrize("file_type", FileType)
@pytest.mark.parametrize("channels", [1, 2])
def test_each_part_is_at_its_time_and_between_them_it_is_silent(
    tmp_path: Path, file_type: FileType, channels: int
) -> None:
    joiner = FolderJoiner(tmp_path)
    folder = joiner.folder("EG_1")
    first, second = noise(3.2, channels), noise(2.5, channels)[:, ::-1]
    parts = [(part(folder, 1, file_type, first), 0), (part(folder, 2, file_type, second), 7_000)]
    joined = joiner.join(parts, file_type, folder)
    heard = read(joined.sound)
    assert heard.shape[0] == channels
    assert joined.duration_ms == pytest.approx(9_500, abs=NEAR_MS + 60)
    assert joined.peaks.stat().st_size > 100
    for audio, starts_ms in ((first, 0), (second, 7_000)):
        found_ms, likeness = best_match(audio[0], heard[0])
        assert likeness > 0.7
        assert found_ms == pytest.approx(starts_ms, abs=NEAR_MS)
    assert loudest(heard, 3_300, 6_900) < SILENT
    joiner.forget(folder)
    assert list(tmp_path.iterdir()) == []


def test_a_joined_mp4_says_at_its_beginning_how_long_it_is(tmp_path: Path) -> None:
    joiner = FolderJoiner(tmp_path)
    folder = joiner.folder("EG_1")
    parts = [(part(folder, number, FileType.MP4, noise(30)), number * 40_000) for number in (0, 1)]
    joined = joiner.join(parts, FileType.MP4, folder)
    assert told_s(joined.sound) == pytest.approx(joined.duration_ms / 1000, abs=0.1)


@pytest.mark.parametrize("file_type", FileType)
def test_what_two_parts_both_have_is_there_once(tmp_path: Path, file_type: FileType) -> None:
    joiner = FolderJoiner(tmp_path)
    folder = joiner.folder("EG_1")
    audio = noise(6)
    cut = samples(4_000), samples(3_000)
    parts = [
        (part(folder, 1, file_type, audio[:, : cut[0]]), 0),
        (part(folder, 2, file_type, audio[:, cut[1] :]), 3_000),
    ]
    joined = joiner.join(parts, file_type, folder)
    assert joined.duration_ms == pytest.approx(6_000, abs=100)
    found_ms, likeness = best_match(audio[0, samples(4_500) :], read(joined.sound)[0])
    assert likeness > 0.7
    assert found_ms == pytest.approx(4_500, abs=60)


@pytest.mark.parametrize("file_type", FileType)
def test_a_part_that_is_torn_is_joined_up_to_there(tmp_path: Path, file_type: FileType) -> None:
    joiner = FolderJoiner(tmp_path)
    folder = joiner.folder("EG_1")
    torn, whole = part(folder, 1, file_type, noise(6)), part(folder, 2, file_type, noise(2))
    torn.write_bytes(torn.read_bytes()[: torn.stat().st_size // 2])
    joined = joiner.join([(torn, 0), (whole, 8_000)], file_type, folder)
    assert joined.duration_ms == pytest.approx(10_000, abs=100)


def test_what_is_no_sound_cannot_be_joined(tmp_path: Path) -> None:
    joiner = FolderJoiner(tmp_path)
    folder = joiner.folder("EG_1")
    nothing = folder / "1.mp4"
    nothing.write_bytes(b"nothing")
    with pytest.raises(PartsUnusable):
        joiner.join([(nothing, 0), (folder / "missing.mp4", 5)], FileType.MP4, folder)
