"""What the caller says: a sentence by speech synthesis, or a WAV file; always mono s16le at 24 kHz."""

from __future__ import annotations

import wave
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soxr

from scripts.caller.hearing import BLOCK_MS, Samples, loud_blocks
from scripts.caller.problem import CallerProblem
from scripts.local_realtime.voice import synthesize
from shared import pcm


@dataclass(frozen=True, slots=True)
class Clip:
    text: str
    """What is said, or the file's name."""
    audio: bytes = field(repr=False)
    """Begins and ends with sound: the end of the audio is the end of the speech."""

    @property
    def length_ms(self) -> float:
        return pcm.ms_of(len(self.audio))


def spoken(text: str, voice: str = "alloy") -> Clip:
    return Clip(text, without_silence(synthesize(text, voice=voice)))


def from_wav(path: Path) -> Clip:
    """Raises `CallerProblem` for a file that is no 16 bit PCM WAV, or a silent one."""
    try:
        with wave.open(str(path)) as file:
            if file.getsampwidth() != pcm.BYTES_PER_SAMPLE:
                raise CallerProblem(f"{path} has {8 * file.getsampwidth()} bits per sample; 16 are needed.")
            samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").reshape(-1, file.getnchannels())
            rate_hz = file.getframerate()
    except (OSError, EOFError, wave.Error) as error:
        raise CallerProblem(f"{path} cannot be read as a WAV file: {error}.") from error
    mono = samples.astype(np.float32).mean(axis=1)
    audio = without_silence(_to_pcm(soxr.resample(mono, rate_hz, pcm.SAMPLE_RATE_HZ)))
    if not audio:
        raise CallerProblem(f"{path} holds no sound.")
    return Clip(path.name, audio)


def without_silence(audio: bytes) -> bytes:
    """`audio` from its first to its last loud block; empty when there is none."""
    loud = loud_blocks(np.frombuffer(audio, dtype="<i2"))
    if not loud:
        return b""
    return audio[loud[0] * pcm.BYTES_PER_MS : (loud[-1] + BLOCK_MS) * pcm.BYTES_PER_MS]


def _to_pcm(samples: Samples) -> bytes:
    return np.clip(np.rint(samples), -32768, 32767).astype("<i2").tobytes()
