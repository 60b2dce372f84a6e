"""Where speech begins and ends: speech probabilities in, turn decisions out. Pure.

Time here is audio time: milliseconds of audio received since the session began, as the
protocol's ``audio_start_ms`` and ``audio_end_ms`` want it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

WINDOW_MS: Final = 32
"""One decision of the speech detector: 512 samples at 16 kHz, 768 at 24 kHz."""

_WINDOWS_TO_START: Final = 2
"""A single loud window is a click; two are the start of a word."""
_RELEASE_BELOW_THRESHOLD: Final = 0.15
"""Silero's own hysteresis: speech ends this much below the level at which it began."""
_PAUSE_MS: Final = 200
"""Silence after which it is worth starting to transcribe, on the chance that it stays silent."""


@dataclass(frozen=True, slots=True)
class TurnSettings:
    """What ``turn_detection`` of the session says, with the defaults filled in."""

    threshold: float = 0.5
    prefix_padding_ms: int = 300
    silence_duration_ms: int = 500
    create_response: bool = True
    interrupt_response: bool = True
    idle_timeout_ms: int | None = None


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """The caller speaks. ``audio_start_ms`` includes the prefix padding."""

    audio_start_ms: int


@dataclass(frozen=True, slots=True)
class PauseBegan:
    """The caller has been silent for a moment; the turn may be over."""

    audio_end_ms: int


@dataclass(frozen=True, slots=True)
class PauseEnded:
    """The caller went on: what was guessed from the pause is worth nothing."""


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    """The turn is over. ``audio_end_ms`` includes the silence."""

    audio_end_ms: int


TurnDecision = SpeechStarted | PauseBegan | PauseEnded | SpeechStopped


class TurnDetector:
    """Server VAD. Feed it one probability per 32 ms window."""

    def __init__(self, settings: TurnSettings, heard_ms: int = 0) -> None:
        self.settings = settings
        self._heard_ms = heard_ms
        self._first_allowed_ms = heard_ms
        self._loud_windows = 0
        self._silent_ms = 0
        self._paused = False
        self.speaking = False

    def push(self, probability: float) -> list[TurnDecision]:
        """Take the next window's speech probability, 0..1."""
        self._heard_ms += WINDOW_MS
        return self._while_speaking(probability) if self.speaking else self._while_silent(probability)

    def _while_silent(self, probability: float) -> list[TurnDecision]:
        if probability < self.settings.threshold:
            self._loud_windows = 0
            return []
        self._loud_windows += 1
        if self._loud_windows < _WINDOWS_TO_START:
            return []
        began_ms = self._heard_ms - self._loud_windows * WINDOW_MS - self.settings.prefix_padding_ms
        self.speaking, self._paused = True, False
        self._silent_ms = self._loud_windows = 0
        return [SpeechStarted(max(self._first_allowed_ms, began_ms))]

    def _while_speaking(self, probability: float) -> list[TurnDecision]:
        if probability >= self.settings.threshold - _RELEASE_BELOW_THRESHOLD:
            self._silent_ms = 0
            if not self._paused:
                return []
            self._paused = False
            return [PauseEnded()]
        self._silent_ms += WINDOW_MS
        if self._silent_ms >= self.settings.silence_duration_ms:
            self.speaking, self._paused = False, False
            self._first_allowed_ms = self._heard_ms
            return [SpeechStopped(self._heard_ms)]
        if not self._paused and self._silent_ms >= _PAUSE_MS:
            self._paused = True
            return [PauseBegan(self._heard_ms)]
        return []

    def forget(self) -> None:
        """Drop a turn that was committed or cleared from outside."""
        self.speaking = self._paused = False
        self._silent_ms = self._loud_windows = 0
        self._first_allowed_ms = self._heard_ms
