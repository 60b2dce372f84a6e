"""Resampling, windowing, loudness, the network's verdict, and the voice."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.local_realtime.pcm import Downsampler, Samples, duration_ms, to_bytes, to_samples, tone
from scripts.local_realtime.reply import Clip, spread
from scripts.local_realtime.vad import (
    WINDOW_BYTES,
    LoudnessProbability,
    SileroProbability,
    SpeechDetector,
    Windows,
)
from scripts.local_realtime.voice import VOICES, synthesize
from scripts.local_realtime.wav import AudioFileError, read_audio, read_wav, write_wav


def sine(frequency_hz: float, count: int = 24_000) -> Samples:
    wave: Samples = np.sin(2 * np.pi * frequency_hz / 24_000 * np.arange(count)).astype(np.float32)
    return wave


def level(samples: Samples) -> float:
    return float(np.sqrt(np.mean(samples[200:] ** 2)) * np.sqrt(2))


@pytest.mark.parametrize(("frequency_hz", "expected"), [(300, 1), (3000, 1), (6000, 1), (9500, 0), (11_500, 0)])
def test_the_downsampler_keeps_what_fits_and_drops_the_rest(frequency_hz: float, expected: float) -> None:
    assert level(Downsampler().push(sine(frequency_hz))) == pytest.approx(expected, abs=0.02)


def test_a_stream_is_resampled_as_a_whole_clip_is() -> None:
    samples = sine(440)
    stream = Downsampler()
    pieces = [stream.push(samples[at : at + 768]) for at in range(0, len(samples) - 767, 768)]
    whole = Downsampler().push(samples[: 768 * len(pieces)])
    np.testing.assert_allclose(np.concatenate(pieces), whole, atol=1e-5)


def test_the_downsampler_takes_multiples_of_three() -> None:
    with pytest.raises(ValueError, match="multiple of three"):
        Downsampler().push(sine(440, 100))


@given(st.lists(st.binary(max_size=5000), max_size=20))
def test_windows_lose_nothing_and_invent_nothing(chunks: list[bytes]) -> None:
    windows = Windows()
    found = [window for chunk in chunks for window in windows.push(chunk)]
    joined = b"".join(chunks)
    assert b"".join(found) == joined[: len(joined) // WINDOW_BYTES * WINDOW_BYTES]
    assert all(len(window) == WINDOW_BYTES for window in found)


def test_loudness_hears_a_tone_and_not_silence() -> None:
    detector = SpeechDetector(LoudnessProbability())
    assert set(detector.push(bytes(48_000))) == {0.0}
    assert detector.push(tone(300, 1000))[5:20] == [1.0] * 15


def test_silero_hears_speech_and_neither_silence_nor_a_tone() -> None:
    detector = SpeechDetector(SileroProbability())
    assert max(detector.push(bytes(48_000))) < 0.3
    assert max(detector.push(tone(300, 1000))) < 0.5
    speech = detector.push(synthesize("Where is my order number four two seven?"))
    assert sum(probability > 0.5 for probability in speech) > len(speech) / 2


@pytest.mark.parametrize("voice", sorted(VOICES))
def test_every_voice_speaks(voice: str) -> None:
    pcm = synthesize("Good morning.", voice)
    assert 400 < duration_ms(pcm) < 2000
    assert np.abs(to_samples(pcm)).max() > 0.1


def test_voices_differ_and_speed_changes_the_length() -> None:
    assert synthesize("Good morning.", "alloy") != synthesize("Good morning.", "echo")
    assert len(synthesize("Good morning.", "alloy", 1.5)) < len(synthesize("Good morning.", "alloy", 0.75))
    assert synthesize("  ") == b""


def test_wav_files_come_back_and_others_are_refused() -> None:
    pcm = tone(440, 300)
    # one step of rounding at most
    assert np.abs(to_samples(read_wav(write_wav(pcm))) - to_samples(pcm)).max() < 1e-4
    with pytest.raises(AudioFileError):
        read_audio(b"RIFF....WAVEnope")
    with pytest.raises(AudioFileError):
        read_audio(b"no audio at all")


def test_samples_are_clipped_and_not_wrapped() -> None:
    assert to_bytes(np.array([2.0, -2.0], dtype=np.float32)) == np.array([32767, -32767], dtype="<i2").tobytes()


@given(st.integers(0, 60_000))
def test_a_clip_s_deltas_are_the_clip(size: int) -> None:
    clip = Clip(bytes(size * 2))
    assert sum(delta.length_ms for delta in clip.deltas()) == pytest.approx(clip.length_ms)
    assert list(clip.deltas()) == list(clip.prepare().deltas())


@given(st.text(max_size=200), st.integers(1, 50))
def test_words_spread_over_deltas_join_to_the_text(text: str, pieces: int) -> None:
    parts = spread(text, pieces)
    assert "".join(parts) == text
    assert len(parts) == pieces
