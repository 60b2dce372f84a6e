"""Facts of PCM16 audio: mono, signed 16 bit, little endian, everywhere in this project."""

from __future__ import annotations

SAMPLE_RATE_HZ = 24_000
"""What the Realtime API speaks; the room's 48 kHz are converted in libwebrtc, outside of Python."""
BYTES_PER_SAMPLE = 2
BYTES_PER_MS = SAMPLE_RATE_HZ * BYTES_PER_SAMPLE // 1000


def ms_of(size_bytes: int, sample_rate_hz: int = SAMPLE_RATE_HZ) -> float:
    """Length in ms of `size_bytes` of PCM16 mono."""
    return size_bytes * 1000 / (BYTES_PER_SAMPLE * sample_rate_hz)


def bytes_of(ms: float, sample_rate_hz: int = SAMPLE_RATE_HZ) -> int:
    """Size of `ms` of PCM16 mono, rounded down to whole samples."""
    return int(ms * sample_rate_hz / 1000) * BYTES_PER_SAMPLE


def frames(audio: bytes | memoryview, frame_bytes: int) -> list[memoryview]:
    """`audio` in slices of `frame_bytes` without copying; the last one may be shorter."""
    view = memoryview(audio)
    return [view[start : start + frame_bytes] for start in range(0, len(view), frame_bytes)]
