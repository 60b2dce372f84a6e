"""The caller's audio of which the model has not told us anything yet. Pure; seconds on one growing clock.

Two questions are answered from it. When the session breaks: what should the next one hear (the newest second, since
the last thing that the old one told), and how much of the caller's words is lost? And while it stands: does it listen
at all? A connection can answer pings for ever while nobody reads behind it. A caller who speaks and of whom the model
says nothing is the only sign of that, so then the model is asked for a sign of life.
"""

from __future__ import annotations

from collections import deque
from enum import Enum

from shared import pcm
from worker.loudness import is_loud
from worker.ports import Pcm

NEWEST_MS = 1000
NOW_MS = 300
WORD_MS = 300
"""Of sound: a word, and not a cough."""
DOUBT_LOUD_MS = 400
DOUBT_S = 1.5
"""So long after the first sound, and with so much of it, a detector has said something."""
DEAF_S = 2.0
"""An answer to a probe takes as long as a round trip."""
CALM_S = 5.0
"""Noise that is no speech makes us ask again and again: not more often than this."""


class Doubt(Enum):
    NONE = "none"
    PROBE = "probe"
    DEAF = "deaf"


class Untold:
    def __init__(self) -> None:
        self.keep_ms = NEWEST_MS
        """How much of the newest is kept."""
        self._newest: deque[tuple[Pcm, bool]] = deque()
        self._newest_ms = 0.0
        self._loud_ms = 0.0
        self._loud_since_s = 0.0
        self._loud_until_s = 0.0
        self._probed_s: float | None = None
        self._calm_until_s = 0.0
        self.lost_ms = 0.0
        """Of sound that is older than what is kept."""

    def hear(self, frame: Pcm, now_s: float) -> Doubt:
        loud = is_loud(frame)
        self._newest.append((frame, loud))
        self._newest_ms += pcm.ms_of(len(frame))
        while self._newest_ms > self.keep_ms:
            self._forget_oldest()
        if loud:
            self._loud_since_s = self._loud_since_s if self._loud_ms else now_s
            self._loud_until_s = now_s
            self._loud_ms += pcm.ms_of(len(frame))
        return self._doubt(now_s)

    def told(self) -> None:
        """The model has told something: it listens, and knows what it was sent."""
        self._newest.clear()
        self._newest_ms = 0.0
        self._loud_ms = self.lost_ms = 0.0
        self._probed_s = None

    def newest(self, max_ms: int | None = None) -> list[Pcm]:
        """Oldest first; without a limit what is kept."""
        frames: list[Pcm] = []
        left_ms = float(self.keep_ms if max_ms is None else max_ms)
        for frame, _ in reversed(self._newest):
            left_ms -= pcm.ms_of(len(frame))
            if left_ms < 0:
                break
            frames.append(frame)
        return frames[::-1]

    @property
    def is_loud_now(self) -> bool:
        """There was sound in the last `NOW_MS`."""
        return any(map(is_loud, self.newest(NOW_MS)))

    def silent_s(self, now_s: float) -> float:
        """How long ago the last sound was, whatever was told meanwhile."""
        return now_s - self._loud_until_s

    def loud_for_s(self, now_s: float) -> float:
        """How long ago the first sound was; 0 when there was none."""
        return now_s - self._loud_since_s if self._loud_ms else 0.0

    def waited_s(self, now_s: float) -> float:
        """For how long somebody has been silent who has spoken; 0 when nobody has."""
        return now_s - self._loud_until_s if self._loud_ms >= WORD_MS else 0.0

    def _forget_oldest(self) -> None:
        frame, loud = self._newest.popleft()
        self._newest_ms -= pcm.ms_of(len(frame))
        self.lost_ms += pcm.ms_of(len(frame)) if loud else 0.0

    def _doubt(self, now_s: float) -> Doubt:
        if self._probed_s is not None:
            return Doubt.DEAF if now_s - self._probed_s >= DEAF_S else Doubt.NONE
        is_odd = self._loud_ms >= DOUBT_LOUD_MS and now_s - self._loud_since_s >= DOUBT_S
        if not is_odd or now_s < self._calm_until_s:
            return Doubt.NONE
        self._probed_s, self._calm_until_s = now_s, now_s + CALM_S
        return Doubt.PROBE
