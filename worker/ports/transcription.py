"""The ports to what is said between people: who speaks, where speech waits, what its words are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shared.ids import CallId, Identity
from worker.ports.audio import Pcm

WINDOW_MS = 32
"""What a detector judges at a time."""


class SpeechDetector(ABC):
    """One microphone's; it remembers what came before."""

    @abstractmethod
    def judge(self, window: Pcm) -> float:
        """How likely the next `WINDOW_MS` are speech, 0 to 1."""


class DetectorUnusable(Exception):
    """The detector's model is not there or cannot be run."""


class SpeechDetectors(ABC):
    @abstractmethod
    def load(self) -> None:
        """Takes a part of a second the first time: call it off the loop. Raises `DetectorUnusable`."""

    @abstractmethod
    def new(self) -> SpeechDetector:
        """After `load`."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One stretch of somebody's speech, without its sound."""

    call_id: CallId
    epoch: int
    """Of the job that heard it."""
    segment_id: str
    """Unique in the call."""
    speaker: Identity
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class KeptSpeech:
    """Speech whose sound lies in the spool."""

    spoken: Spoken
    file: Path
    size_bytes: int


class SpeechSpool(ABC):
    """Where speech lies until its words are known. It survives the process. All of it may block: call it off the
    loop."""

    @abstractmethod
    def keep(self, spoken: Spoken, audio: Pcm) -> KeptSpeech:
        """Raises `OSError`."""

    @abstractmethod
    def read(self, kept: KeptSpeech) -> bytes:
        """Its sound. Raises `OSError`."""

    @abstractmethod
    def left_over(self) -> list[KeptSpeech]:
        """Speech of processes that are dead, oldest first; each is given once."""

    @abstractmethod
    def remove(self, kept: KeptSpeech) -> None:
        """Forget it."""


class TranscriberUnavailable(Exception):
    """There were no words for this speech. `str()` is a short text without an address, a key or a word."""


class Transcriber(ABC):
    @abstractmethod
    async def transcribe(self, audio: bytes, on_words: Callable[[str], None]) -> str:
        """The words; empty when there are none. `on_words` is told what is known of them so far, where the service
        tells it. Raises `TranscriberUnavailable`."""
