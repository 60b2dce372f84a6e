"""Mono s16le audio: rates, lengths, and the one resampler that hearing and the VAD share."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

WIRE_HZ: Final = 24_000
"""The only rate that Realtime PCM has."""
MODEL_HZ: Final = 16_000
"""What Silero and Whisper were trained on."""
BYTES_PER_MS: Final = WIRE_HZ // 1000 * 2

_TAPS: Final = 48
_CUTOFF_OF_INPUT_NYQUIST: Final = 0.62
"""7.4 kHz: below the 8 kHz that 16 kHz can carry, above what speech recognisers look at."""


def duration_ms(pcm: bytes | bytearray | memoryview) -> float:
    """Length of mono s16le audio at 24 kHz, in milliseconds."""
    return len(pcm) / BYTES_PER_MS


def to_samples(pcm: bytes | bytearray | memoryview) -> Samples:
    """Mono s16le bytes to float32 samples in -1..1; an odd last byte is dropped."""
    usable = len(pcm) & ~1
    return np.frombuffer(pcm, dtype="<i2", count=usable // 2).astype(np.float32) / np.float32(32768)


def to_bytes(samples: Samples) -> bytes:
    """Float32 samples in -1..1 to mono s16le bytes; louder ones are clipped."""
    return (np.clip(samples, -1.0, 1.0) * 32767).astype("<i2").tobytes()


def _three_to_two_filter() -> Samples:
    """Both phases of a 3:2 polyphase low pass, shape (taps, 2)."""
    centre = (_TAPS - 1) / 2
    tap = np.arange(_TAPS, dtype=np.float64)
    phases = []
    for phase in (0.0, 1.5):  # the second output lies half way between two groups of three inputs
        x = tap - centre - phase + 0.75
        shape = np.sinc(_CUTOFF_OF_INPUT_NYQUIST * x) * np.cos(np.pi * np.clip(x / (_TAPS + 3), -0.5, 0.5)) ** 2
        phases.append(shape / shape.sum())
    return np.stack(phases, axis=1).astype(np.float32)


class Downsampler:
    """A stream from 24 kHz to 16 kHz that adds one millisecond and keeps exact 3:2 counts."""

    def __init__(self) -> None:
        self._filter = _three_to_two_filter()
        self._past: Samples = np.zeros(_TAPS - 1, dtype=np.float32)

    def push(self, samples: Samples) -> Samples:
        """Take a multiple of three samples at 24 kHz, give two for every three at 16 kHz."""
        if len(samples) % 3:
            raise ValueError(f"{len(samples)} samples are no multiple of three")
        padded = np.concatenate((self._past, samples))
        self._past = padded[-(_TAPS - 1) :]
        frames = np.lib.stride_tricks.sliding_window_view(padded, _TAPS)[::3]
        result: Samples = (frames[: len(samples) // 3] @ self._filter).reshape(-1)
        return result


def downsample(pcm: bytes | bytearray) -> Samples:
    """A whole clip of mono s16le at 24 kHz as float32 samples at 16 kHz."""
    samples = to_samples(pcm)
    return Downsampler().push(samples[: len(samples) // 3 * 3])


def tone(frequency_hz: float, length_ms: int, level: float = 0.3) -> bytes:
    """A sine as mono s16le at 24 kHz, with 10 ms ramps so that it does not click."""
    count = WIRE_HZ * length_ms // 1000
    wave = level * np.sin(2 * np.pi * frequency_hz / WIRE_HZ * np.arange(count))
    ramp = min(240, count // 2)
    if ramp:
        edge = np.linspace(0.0, 1.0, ramp)
        wave[:ramp] *= edge
        wave[-ramp:] *= edge[::-1]
    return to_bytes(wave.astype(np.float32))
