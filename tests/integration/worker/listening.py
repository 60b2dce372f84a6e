"""What a phone heard, and what a recording holds, on one clock: seconds of this machine's monotonic clock."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scripts.caller.clips import Clip
from scripts.caller.hearing import Hearing, Samples
from scripts.caller.phone import Phone
from shared import pcm
from shared.call_report import RecordingStarted
from shared.clock import SystemClock
from tests.support.sound import best_match
from worker.adapters.audio_file import decode


class Memory(Hearing):
    """Keeps what it hears."""

    def __init__(self) -> None:
        super().__init__()
        self._frames: list[tuple[float, Samples]] = []

    def hear(self, samples: Samples, arrived_s: float) -> None:
        super().hear(samples, arrived_s)
        self._frames.append((arrived_s - len(samples) / pcm.SAMPLE_RATE_HZ, samples.copy()))

    def between(self, from_s: float, to_s: float) -> Samples:
        audio = np.zeros(round((to_s - from_s) * pcm.SAMPLE_RATE_HZ), dtype=np.int16)
        for began_s, samples in self._frames:
            at = round((began_s - from_s) * pcm.SAMPLE_RATE_HZ)
            if at >= 0 and at + len(samples) <= len(audio):
                audio[at : at + len(samples)] = samples
        return audio


def remember(phone: Phone) -> Memory:
    """From now on the phone keeps what it hears."""
    memory = Memory()
    phone.hearing = memory
    return memory


def samples_of(clip: Clip) -> NDArray[np.int16]:
    return np.frombuffer(clip.audio, dtype="<i2")


@dataclass
class Take:
    """A recording that lies in the store."""

    audio: NDArray[np.int16]
    """(channels, samples)."""
    started_s: float
    started_ms: int
    """The same moment, since 1970."""

    @staticmethod
    def of(path: Path, started: RecordingStarted) -> Take:
        clock = SystemClock()
        started_s = clock.monotonic_s() - (clock.now_ms() - started.started_ms) / 1000
        return Take(np.concatenate(list(decode(path)), axis=1), started_s, started.started_ms)

    def at_s(self, at_ms: int) -> float:
        """A moment since 1970 on the clock of this class."""
        return self.started_s + (at_ms - self.started_ms) / 1000

    @property
    def duration_s(self) -> float:
        return float(self.audio.shape[1] / pcm.SAMPLE_RATE_HZ)

    def find(self, sound: NDArray[np.int16], channel: int) -> tuple[float, float]:
        """When `sound` begins on this channel, and how alike it is (0 to 1)."""
        delay_ms, likeness = best_match(sound, self.audio[channel])
        return self.started_s + delay_ms / 1000, likeness

    def loudest(self, channel: int, from_s: float, to_s: float) -> int:
        """The greatest sample between two moments."""
        part = self.part(channel, from_s, to_s).astype(np.int32)
        return int(np.abs(part).max()) if part.size else 0

    def part(self, channel: int, from_s: float, to_s: float) -> NDArray[np.int16]:
        """What lies between two moments."""
        start, end = (round((at_s - self.started_s) * pcm.SAMPLE_RATE_HZ) for at_s in (from_s, to_s))
        return self.audio[channel, max(start, 0) : max(end, 0)]
