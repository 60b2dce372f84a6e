"""The waveform of a recording, for a player to draw before it has the sound. Pure.

The JSON is the format of BBC's audiowaveform, version 2, which players read: per pixel and channel the least and the
greatest sample, 8 bits each. Five pixels a second: 72 KB of memory per hour of stereo.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

import numpy as np

from shared import pcm
from worker.timeline import Block

PIXEL_MS = 200
SAMPLES_PER_PIXEL = pcm.SAMPLE_RATE_HZ * PIXEL_MS // 1000


class Peaks:
    def __init__(self, channels: int) -> None:
        self._channels = channels
        self._data = bytearray()
        """Per pixel: least and greatest of the first channel, of the second; signed 8 bit."""
        self._least = np.zeros(channels, dtype=np.int16)
        self._greatest = np.zeros(channels, dtype=np.int16)
        self._samples = 0
        """Of the pixel that is not complete."""

    def add(self, block: Block) -> None:
        while block.shape[1]:
            room = SAMPLES_PER_PIXEL - self._samples
            part, block = block[:, :room], block[:, room:]
            np.minimum(self._least, part.min(axis=1), out=self._least)
            np.maximum(self._greatest, part.max(axis=1), out=self._greatest)
            self._samples += part.shape[1]
            if self._samples == SAMPLES_PER_PIXEL:
                self._end_pixel()

    def to_json(self) -> str:
        """Everything so far; a last pixel that is not complete too."""
        if self._samples:
            self._end_pixel()
        return json.dumps(
            {
                "version": 2,
                "channels": self._channels,
                "sample_rate": pcm.SAMPLE_RATE_HZ,
                "samples_per_pixel": SAMPLES_PER_PIXEL,
                "bits": 8,
                "length": len(self._data) // (2 * self._channels),
                "data": np.frombuffer(self._data, dtype=np.int8).tolist(),
            },
            separators=(",", ":"),
        )

    def _end_pixel(self) -> None:
        pairs = np.stack([self._least, self._greatest], axis=1).ravel() >> 8
        self._data += pairs.astype(np.int8).tobytes()
        self._least[:] = self._greatest[:] = 0
        self._samples = 0


def peaks_of(channels: int, blocks: Iterable[Block]) -> str:
    peaks = Peaks(channels)
    for block in blocks:
        peaks.add(block)
    return peaks.to_json()
