"""When something was heard: stretches of sound in a stream of PCM16 that arrives in real time. Pure.

Loudness is judged in blocks of `BLOCK_MS`, so a first sound is placed to 5 ms although audio arrives in frames of 20.
All times are seconds of the caller's monotonic clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from shared import pcm

Samples = NDArray[np.int16]

BLOCK_MS = 5
LEVEL_DBFS = -45.0
"""Well above what a silent line decodes to, well below any speech."""
_JOIN_S = 0.06
"""Gaps within a word are no end of a sound."""
_SHORTEST_S = 0.01
"""What is shorter is a click."""


@dataclass(slots=True)
class Stretch:
    start_s: float
    end_s: float


class Hearing:
    def __init__(self, sample_rate_hz: int = pcm.SAMPLE_RATE_HZ, level_dbfs: float = LEVEL_DBFS) -> None:
        self._rate_hz = sample_rate_hz
        self._level_dbfs = level_dbfs
        self._stretches: list[Stretch] = []

    def hear(self, samples: Samples, arrived_s: float) -> None:
        """Take a frame whose last sample was heard at `arrived_s`."""
        began_s = arrived_s - len(samples) / self._rate_hz
        for start_ms in loud_blocks(samples, self._rate_hz, self._level_dbfs):
            self._add(began_s + start_ms / 1000, began_s + (start_ms + BLOCK_MS) / 1000)

    def first_sound_after(self, at_s: float) -> float | None:
        """When the first sound began that was not yet there at `at_s`."""
        return next((sound.start_s for sound in self.sounds() if sound.start_s >= at_s), None)

    @property
    def count(self) -> int:
        """How many sounds there were; what breaks off and goes on is two."""
        return len(self.sounds())

    def last_sound_s(self) -> float | None:
        """When the last sound ended, so far."""
        return self._stretches[-1].end_s if self._stretches else None

    def is_sounding(self, now_s: float, within_s: float) -> bool:
        """Whether anything was heard in the last `within_s`."""
        last_s = self.last_sound_s()
        return last_s is not None and now_s - last_s < within_s

    def quiet_from(self, at_s: float, now_s: float, gap_s: float) -> float | None:
        """When, from `at_s` on, a silence of at least `gap_s` began; None while there is none yet."""
        relevant = [sound for sound in self.sounds() if sound.end_s > at_s]
        if not relevant or relevant[0].start_s - at_s >= gap_s:
            return at_s if now_s - at_s >= gap_s else None
        for sound, following in pairwise(relevant):
            if following.start_s - sound.end_s >= gap_s:
                return sound.end_s
        return relevant[-1].end_s if now_s - relevant[-1].end_s >= gap_s else None

    def sounds(self) -> list[Stretch]:
        """All of them so far; the last one may go on."""
        return [sound for sound in self._stretches if sound.end_s - sound.start_s >= _SHORTEST_S - 1e-9]

    def _add(self, start_s: float, end_s: float) -> None:
        if self._stretches and start_s - self._stretches[-1].end_s <= _JOIN_S:
            self._stretches[-1].end_s = max(end_s, self._stretches[-1].end_s)
        else:
            self._stretches.append(Stretch(start_s, end_s))


def loud_blocks(samples: Samples, rate_hz: int = pcm.SAMPLE_RATE_HZ, level_dbfs: float = LEVEL_DBFS) -> list[int]:
    """Where the blocks begin (ms from the first sample) whose level is above `level_dbfs`; a cut-off rest is left."""
    floor = 10 ** (level_dbfs / 20) * 32768
    if samples.size == 0 or max(int(samples.max()), -int(samples.min())) <= floor:
        return []  # most of a call is silence, and a peak costs little to find
    block = rate_hz * BLOCK_MS // 1000
    blocks = samples[: len(samples) // block * block].reshape(-1, block).astype(np.float32)
    power = np.einsum("ij,ij->i", blocks, blocks) / block
    return [int(index) * BLOCK_MS for index in np.flatnonzero(power > floor**2)]
