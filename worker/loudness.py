"""Whether a frame of a microphone holds sound. Pure, and no detector of speech: the model has one. This is for the
moments in which the model cannot be asked."""

from __future__ import annotations

import math

import numpy as np

_Pcm = bytes | bytearray | memoryview

LOUD_RMS = 330.0
"""-40 dBFS. Speech at a microphone with gain control is at -30 to -15, a quiet room below -50."""
AUDIBLE_RMS = 33.0
"""-60 dBFS: below it is nothing that anybody could hear."""


def is_loud(frame: _Pcm, rms: float = LOUD_RMS) -> bool:
    return rms_of(frame) >= rms


def rms_of(frame: _Pcm) -> float:
    samples = np.frombuffer(frame, dtype="<i2").astype(np.float32)
    return math.sqrt(float(np.dot(samples, samples)) / len(samples)) if len(samples) else 0.0
