"""Sound files: what was written is what is heard, at its place; and a killed process leaves a file that plays."""

from __future__ import annotations

import io
import os
import secrets
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest

from shared import pcm
from shared.recording_order import FileType
from tests.support.sound import delay_ms
from worker.adapters.audio_file import AudioFile, NothingToPlay, decode, finish, mend
from worker.timeline import Block

HEAD_BYTES = 128 * 1024
ROOT = Path(__file__).resolve().parents[3]
LOST_MS = 2_000
KILLS = int(os.environ.get("VOICE_TEST_KILLS", "12"))
"""Of each format. 50 take about a minute."""


def noise(seconds: float, channels: int = 2) -> Block:
    """Bursts of noise, other ones on each channel."""
    samples = round(seconds * pcm.SAMPLE_RATE_HZ)
    loud = np.random.default_rng(1).normal(0, 4_000, (channels, samples))
    gate = (np.arange(samples) % 24_000 < 9_000) ^ (np.arange(channels)[:, None] == 1)
    return np.asarray(loud * gate, dtype=np.int16)


def write(path: Path, file_type: FileType, audio: Block) -> None:
    file = AudioFile(path, file_type, audio.shape[0])
    for start in range(0, audio.shape[1], 2_400):
        file.write(audio[:, start : start + 2_400])
    file.close()


def read(path: Path) -> Block:
    return np.concatenate(list(decode(path)), axis=1)


@pytest.mark.parametrize("file_type", FileType)
@pytest.mark.parametrize("channels", [1, 2])
def test_what_is_heard_is_what_was_written_at_its_place(tmp_path: Path, file_type: FileType, channels: int) -> None:
    path, audio = tmp_path / "sound", noise(10.05, channels)
    write(path, file_type, audio)
    heard = read(path)
    assert heard.shape[0] == channels
    assert abs(heard.shape[1] - audio.shape[1]) < 0.1 * pcm.SAMPLE_RATE_HZ
    for channel in range(channels):
        assert abs(delay_ms(audio[channel], heard[channel])) < 2


@pytest.mark.timeout(60 + 10 * KILLS)
@pytest.mark.parametrize("file_type", FileType)
def test_a_killed_process_leaves_a_file_that_plays_to_within_two_seconds(tmp_path: Path, file_type: FileType) -> None:
    arguments = [str(tmp_path), file_type.value, str(KILLS), str(secrets.randbits(32))]
    written = subprocess.run(
        [sys.executable, "-m", "tests.support.killed_writer", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=50 + 10 * KILLS,
    )
    lost: list[int] = []
    for line in written.stdout.splitlines():
        name, _, written_ms = line.rpartition(" ")
        raw_ms = read(Path(name)).shape[1] / 24
        mended_ms = mend(Path(name), file_type)
        assert abs(mended_ms - raw_ms) <= 100, "mending loses nothing"
        assert abs(read(Path(name)).shape[1] / 24 - mended_ms) <= 100, "its length is what plays"
        lost.append(int(written_ms) - mended_ms)
    print(f"{file_type}: {KILLS} kills, lost {min(lost)} to {max(lost)} ms, {sum(lost) / len(lost):.0f} on average")
    assert len(lost) == KILLS
    assert max(lost) <= LOST_MS, (arguments, lost)


@pytest.mark.parametrize("file_type", FileType)
def test_a_whole_file_is_mended_to_the_same(tmp_path: Path, file_type: FileType) -> None:
    path, audio = tmp_path / "sound", noise(5)
    write(path, file_type, audio)
    assert abs(mend(path, file_type) - 5_000) <= 60
    assert abs(delay_ms(audio[0], read(path)[0])) < 2
    assert list(tmp_path.iterdir()) == [path]


def test_of_a_finished_mp4_the_beginning_says_how_long_it_is(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    write(path, FileType.MP4, np.tile(noise(10), 60))
    before = read(path)
    assert told_s(path) != pytest.approx(600, abs=0.1), "while it is written nobody knows"
    finish(path, FileType.MP4)
    assert told_s(path) == pytest.approx(600, abs=0.1)
    assert np.array_equal(read(path), before), "not a sample is another, or elsewhere"
    assert list(tmp_path.iterdir()) == [path]


def told_s(path: Path) -> float | None:
    """How long the file is, for whoever has only its beginning."""
    with av.open(io.BytesIO(path.read_bytes()[:HEAD_BYTES])) as container:
        sound = container.streams.audio[0]
        known = sound.duration is not None and sound.time_base is not None
        return float(sound.duration * sound.time_base) if known else None  # type: ignore[operator]


def test_what_a_killed_process_left_of_an_mp4_has_its_length_in_front_when_it_is_mended(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    write(path, FileType.MP4, noise(20))
    path.write_bytes(path.read_bytes()[:-10_000])
    mended_ms = mend(path, FileType.MP4)
    assert told_s(path) == pytest.approx(mended_ms / 1000, abs=0.05)
    assert mend(path, FileType.MP4) == mended_ms, "mended once more, by the next process that dies over it"


@pytest.mark.parametrize("file_type", FileType)
@pytest.mark.parametrize("content", [b"", b"\0" * 2_000, b"OggS", b"\0\0\0\x18ftyp"])
def test_a_file_without_sound_is_told_apart(tmp_path: Path, file_type: FileType, content: bytes) -> None:
    path = tmp_path / "sound"
    path.write_bytes(content)
    with pytest.raises(NothingToPlay):
        mend(path, file_type)
    assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("file_type", FileType)
def test_a_file_that_breaks_off_anywhere_plays_up_to_there(tmp_path: Path, file_type: FileType) -> None:
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    write(whole, file_type, noise(6))
    data = whole.read_bytes()
    for size in np.random.default_rng(3).integers(len(data) // 3, len(data), 20):
        torn.write_bytes(data[:size])
        mend(torn, file_type)
        assert read(torn).shape[1] / pcm.SAMPLE_RATE_HZ > 6 * size / len(data) - LOST_MS / 1000
