"""Lines that are spoken without the model, because it is away or because there is nothing to think about.

They are synthesised once and shipped (`worker/clips/README.md`). To the people they are the agent's words: they can be
interrupted (but for `UNBROKEN`), have a caption and stand in the transcript. The model's memory does not hold them:
they say nothing about the matter, and a model that reads that it said "one moment" begins to say it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shared.call_report import GoneWhy
from shared.call_state import EndReason
from shared.recording_order import NOTICE
from worker.ending import Ending

ITEM_PREFIX = "clip_"
"""How ids of segments begin that are stored lines; the model's begin otherwise."""


class ClipName(StrEnum):
    MOMENT = "moment"
    STILL = "still"
    SORRY = "sorry"
    LEAVE = "leave"
    TIME = "time"
    IDLE = "idle"
    RECORDED = NOTICE


@dataclass(frozen=True, slots=True)
class Clip:
    name: ClipName
    text: str
    audio: bytes = field(repr=False)
    """Mono s16le at 24 kHz."""


Clips = Mapping[ClipName, Clip]
"""Has every name."""

UNBROKEN = frozenset({ClipName.RECORDED})
"""Nobody can interrupt these: who was not told to the end was not told."""

_GOODBYES = {
    EndReason.PROVIDER_DOWN: ClipName.SORRY,
    EndReason.PROVIDER_QUOTA: ClipName.SORRY,
    EndReason.PROVIDER_AUTH: ClipName.SORRY,
    EndReason.INTERNAL_ERROR: ClipName.SORRY,
    EndReason.MAX_DURATION: ClipName.TIME,
    EndReason.IDLE_TIMEOUT: ClipName.IDLE,
}


def goodbye(ending: Ending) -> ClipName | None:
    """What is said last; None where nobody is left to hear it, or who ended the call knows why."""
    if ending.gone is GoneWhy.FAILED:
        return ClipName.LEAVE
    return None if ending.reason is None else _GOODBYES.get(ending.reason)
