"""One person's speech, cut out of a microphone. Pure: time is an argument.

A detector says of every window (`WINDOW_MS`) how likely it is speech; where one begins, where it ends, and where a long
one is parted is decided here:

1. *It begins* with the first window that is surely speech, and `BEFORE_MS` in front of it: words begin softly.
2. *It ends* with a pause of `PAUSE_MS`. People pause to breathe; cut there, half sentences would be misheard.
3. *Who goes on and on* is parted at the next `SHORT_PAUSE_MS` after `LONG_MS`, and at `MAX_MS` wherever that is, so
   that captions come while somebody speaks. `MAX_MS` also bounds what is held of a microphone (1 MB).
4. *Less than `LEAST_MS` of speech* is a click, and nothing.

Between the two levels of certainty nothing changes, so that one soft window parts no word.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from shared import pcm
from worker.ports.audio import Pcm
from worker.ports.transcription import WINDOW_MS

SURELY = 0.5
SURELY_NOT = 0.35
BEFORE_MS = 320
AFTER_MS = 256
"""Of the pause, what stays: words end softly, too."""
PAUSE_MS = 608
SHORT_PAUSE_MS = 192
LONG_MS = 10_000
MAX_MS = 20_000
LEAST_MS = 96
WINDOW_BYTES = WINDOW_MS * pcm.BYTES_PER_MS


@dataclass(frozen=True, slots=True)
class Speech:
    """Times are of the words, milliseconds since 1970; `audio` is a little more, mono s16le at 24 kHz."""

    start_ms: int
    end_ms: int
    audio: bytes = field(repr=False)


class SpeechCutter:
    """One microphone. What it is given must be without gaps; a gap is told as `hush`."""

    def __init__(self) -> None:
        self._before: deque[Pcm] = deque(maxlen=BEFORE_MS // WINDOW_MS)
        self._windows: list[Pcm] = []
        """Of the speech that goes on; empty while there is none."""
        self._start_ms = 0
        self._lead_ms = 0
        """How much of `_windows` came before the speech."""
        self._speech_ms = 0
        self._pause_ms = 0

    @property
    def is_speech(self) -> bool:
        return bool(self._windows)

    def push(self, window: Pcm, likelihood: float, ends_ms: int) -> Speech | None:
        """The next window, which ended at `ends_ms`. Gives a speech that is over with it."""
        if not self._windows:
            if likelihood >= SURELY:
                self._begin(window, ends_ms)
            else:
                self._before.append(window)
            return None
        self._windows.append(window)
        self._speech_ms += WINDOW_MS if likelihood >= SURELY else 0
        if likelihood >= SURELY or (likelihood > SURELY_NOT and not self._pause_ms):
            self._pause_ms = 0
        else:
            self._pause_ms += WINDOW_MS
        return self.hush() if self._is_over else None

    def hush(self) -> Speech | None:
        """Nothing more comes for now. Gives the speech that went on."""
        windows, self._windows = self._windows, []
        left_out = max(self._pause_ms - AFTER_MS, 0) // WINDOW_MS
        self._before.clear()
        self._before.extend(windows[len(windows) - left_out :])
        if not windows or self._speech_ms < LEAST_MS:
            return None
        said_ms = len(windows) * WINDOW_MS - self._lead_ms - self._pause_ms
        audio = b"".join(windows[: len(windows) - left_out])
        return Speech(self._start_ms, self._start_ms + said_ms, audio)

    def _begin(self, window: Pcm, ends_ms: int) -> None:
        self._windows = [*self._before, window]
        self._lead_ms = len(self._before) * WINDOW_MS
        self._start_ms = ends_ms - WINDOW_MS
        self._speech_ms, self._pause_ms = WINDOW_MS, 0

    @property
    def _is_over(self) -> bool:
        long_ms = len(self._windows) * WINDOW_MS
        enough_ms = PAUSE_MS if long_ms < LONG_MS else SHORT_PAUSE_MS
        return self._pause_ms >= enough_ms or long_ms >= MAX_MS
