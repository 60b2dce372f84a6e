"""Recordings in Chromium: whole ones and those of killed workers play, seek, and sound where they should."""

from __future__ import annotations

import base64
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, Playwright

from scripts.caller.clips import spoken
from shared import pcm
from shared.recording_order import FileType
from tests.support.chromium import require_chromium
from worker.adapters.audio_file import AudioFile
from worker.timeline import Block

ROOT = Path(__file__).resolve().parents[2]
TYPES = {FileType.MP4: "audio/mp4", FileType.OGG: "audio/ogg"}
LONG_S, CALLER_S, CALLEE_S = 12.0, 2.0, 7.0
PLAY = """async url => {
  const audio = new Audio(url);
  await new Promise((resolve, reject) => {
    audio.oncanplay = resolve;
    audio.onerror = () => reject(audio.error.message);
  });
  await audio.play();
  await new Promise(resolve => { audio.ontimeupdate = () => audio.currentTime > 0.3 && resolve(); });
  const seeked = new Promise(resolve => { audio.onseeked = resolve; });
  audio.currentTime = %f;
  await seeked;
  await new Promise(resolve => { audio.ontimeupdate = () => audio.currentTime > %f + 0.2 && resolve(); });
  audio.pause();
  const bytes = await (await fetch(url)).arrayBuffer();
  const sound = await new AudioContext({sampleRate: 24000}).decodeAudioData(bytes);
  const loudness = channel => {
    const samples = sound.getChannelData(channel), tenths = [];
    for (let at = 0; at + 2400 <= samples.length; at += 2400)
      tenths.push(Math.sqrt(samples.slice(at, at + 2400).reduce((sum, one) => sum + one * one, 0) / 2400));
    return tenths;
  };
  return {at: audio.currentTime, decodedS: sound.duration, left: loudness(0), right: loudness(1)};
}"""


@pytest.fixture(scope="module")
def player(playwright: Playwright) -> Iterator[Page]:
    flags = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
    browser = playwright.chromium.launch(executable_path=require_chromium(), headless=True, args=flags)
    try:
        yield browser.new_page()
    finally:
        browser.close()


def played(player: Page, path: Path, file_type: FileType, seek_s: float) -> dict[str, Any]:
    url = f"data:{TYPES[file_type]};base64,{base64.b64encode(path.read_bytes()).decode()}"
    found: dict[str, Any] = player.evaluate(PLAY % (seek_s, seek_s), url)
    return found


def talk() -> Block:
    """The caller on the left, later the callee on the right."""
    audio = np.zeros((2, round(LONG_S * pcm.SAMPLE_RATE_HZ)), dtype=np.int16)
    clip = np.frombuffer(spoken("Where is my order, please?").audio, dtype="<i2")
    for channel, begins_s in enumerate((CALLER_S, CALLEE_S)):
        at = round(begins_s * pcm.SAMPLE_RATE_HZ)
        audio[channel, at : at + len(clip)] = clip
    return audio


def first_sound_s(tenths: list[float]) -> float:
    return next(at for at, loudness in enumerate(tenths) if loudness > 0.01) / 10


@pytest.mark.parametrize("file_type", FileType)
def test_a_whole_recording_plays_and_each_voice_is_on_its_side(
    player: Page, tmp_path: Path, file_type: FileType
) -> None:
    path, audio = tmp_path / "whole", talk()
    file = AudioFile(path, file_type, 2)
    for start in range(0, audio.shape[1], 2_400):
        file.write(audio[:, start : start + 2_400])
    file.close()
    found = played(player, path, file_type, seek_s=8)
    assert found["decodedS"] == pytest.approx(LONG_S, abs=0.1)
    assert found["at"] >= 8
    assert first_sound_s(found["left"]) == pytest.approx(CALLER_S, abs=0.2)
    assert first_sound_s(found["right"]) == pytest.approx(CALLEE_S, abs=0.2)


@pytest.mark.parametrize("file_type", FileType)
def test_what_a_killed_worker_left_plays_as_it_is(player: Page, tmp_path: Path, file_type: FileType) -> None:
    arguments = [str(tmp_path), file_type.value, "2", str(secrets.randbits(32))]
    command = [sys.executable, "-m", "tests.support.killed_writer", *arguments]
    written = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    for line in written.stdout.splitlines():
        name, _, written_ms = line.rpartition(" ")
        found = played(player, Path(name), file_type, seek_s=1)
        assert found["decodedS"] > int(written_ms) / 1000 - 2, arguments
