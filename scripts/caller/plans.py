"""What a caller says: the little default conversation, sentences of one's own, files, or speaking for some time."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.caller.clips import Clip, from_wav, spoken
from scripts.caller.conversation import Line
from shared.clock import Clock

# Sentences that a small recogniser understands when a synthetic voice says them: most others it does not.
LITTLE_CONVERSATION = (
    "Hello, where is my order 427?",
    "I left my umbrella in the garden.",
    "Thank you very much.",
)
INTERRUPTION = "Excuse me, what can you do?"
_TO_INTERRUPT = "I would like to tell you that the red car and the green boat are both in the garden behind the house."
LOAD_SENTENCES = (
    "Where is my order 427?",
    "What can you do for me?",
    "I left my umbrella in the garden.",
    "The weather is fine today.",
)

Plan = Callable[[], Iterable[Line]]


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asked for."""

    sentences: Sequence[str] = ()
    wavs: Sequence[Path] = ()
    barge_in: bool = False
    seconds: float | None = None
    voice: str = "alloy"


def prepare(wishes: Wishes) -> tuple[Line, ...]:
    """All that will be said, made before the call. Raises `CallerProblem` for a file that cannot be said."""
    said = [spoken(text, wishes.voice) for text in wishes.sentences] + [from_wav(path) for path in wishes.wavs]
    if said:
        return _interrupted(said, 0, wishes)
    if wishes.seconds is not None:
        return _interrupted([spoken(text, wishes.voice) for text in LOAD_SENTENCES], 0, wishes)
    texts = list(LITTLE_CONVERSATION)
    if wishes.barge_in:
        texts.insert(1, _TO_INTERRUPT)
    return _interrupted([spoken(text, wishes.voice) for text in texts], 1, wishes)


def plan(lines: Sequence[Line], seconds: float | None, clock: Clock, first: int = 0) -> Plan:
    """`lines` once, or again and again from `first` on for about `seconds`."""
    if seconds is None:
        return lambda: lines
    return lambda: _for_a_time(lines, seconds, clock, first)


def _for_a_time(lines: Sequence[Line], seconds: float, clock: Clock, first: int) -> Iterator[Line]:
    until_s = clock.monotonic_s() + seconds
    for line in itertools.islice(itertools.cycle(lines), first, None):
        if clock.monotonic_s() >= until_s:
            return
        yield line


def _interrupted(clips: Sequence[Clip], at: int, wishes: Wishes) -> tuple[Line, ...]:
    if not wishes.barge_in:
        return tuple(Line(clip) for clip in clips)
    interruption = spoken(INTERRUPTION, wishes.voice)
    return tuple(Line(clip, interruption if index == at else None) for index, clip in enumerate(clips))
