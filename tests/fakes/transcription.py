"""A transcriber, a detector and a spool of speech in memory. They do what they are asked, or fail on purpose."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from worker.ports import (
    DetectorUnusable,
    KeptSpeech,
    Pcm,
    SpeechDetector,
    SpeechDetectors,
    SpeechSpool,
    Spoken,
    Transcriber,
    TranscriberUnavailable,
)


class LoudDetectors(SpeechDetectors):
    """Takes every sound for speech. `unusable`: the model is not there."""

    def __init__(self) -> None:
        self.unusable = False

    def load(self) -> None:
        if self.unusable:
            raise DetectorUnusable("not there")

    def new(self) -> SpeechDetector:
        return _Loud()


class _Loud(SpeechDetector):
    def judge(self, window: Pcm) -> float:
        return 1.0 if any(window) else 0.0


class MemorySpeechSpool(SpeechSpool):
    """`full`: nothing more can be kept."""

    def __init__(self) -> None:
        self.kept: dict[Path, tuple[KeptSpeech, bytes]] = {}
        self.of_the_dead: list[KeptSpeech] = []
        self.full = False

    def keep(self, spoken: Spoken, audio: Pcm) -> KeptSpeech:
        if self.full:
            raise OSError(28, "No space left on device")
        kept = KeptSpeech(spoken, Path(spoken.segment_id), len(audio))
        self.kept[kept.file] = kept, bytes(audio)
        return kept

    def read(self, kept: KeptSpeech) -> bytes:
        return self.kept[kept.file][1]

    def left_over(self) -> list[KeptSpeech]:
        found, self.of_the_dead = self.of_the_dead, []
        return found

    def remove(self, kept: KeptSpeech) -> None:
        self.kept.pop(kept.file, None)


class FakeTranscriber(Transcriber):
    """Answers with how long the sound is. `down`: takes nothing; `never`: does not take sound of these sizes."""

    def __init__(self) -> None:
        self.down = False
        self.never: set[int] = set()
        self.asked: list[int] = []
        """How long each sound was, in bytes."""
        self.may_answer = asyncio.Event()
        self.may_answer.set()

    async def transcribe(self, audio: bytes, on_words: Callable[[str], None]) -> str:
        self.asked.append(len(audio))
        if self.down or len(audio) in self.never:
            raise TranscriberUnavailable("down")
        on_words(str(len(audio)))
        await self.may_answer.wait()
        return f"{len(audio)} bytes"
