"""How the stored answers of a script sound when nothing is missing in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from scripts.bench.rows import Whole
from scripts.caller.hearing import Hearing
from scripts.local_realtime.reply import Clip
from scripts.local_realtime.script import load_script
from scripts.local_realtime.scripted import ScriptedMind
from shared import pcm


def whole_of(script: Path) -> Whole:
    mind = ScriptedMind(load_script(script))
    return Whole(greeting=_sounds(mind.greeting.clip if mind.greeting else None), answer=_sounds(mind.turn(1)[1].clip))


def _sounds(clip: Clip | None) -> int:
    hearing = Hearing()
    if clip is not None:
        hearing.hear(np.frombuffer(clip.pcm, dtype="<i2"), pcm.ms_of(len(clip.pcm)) / 1000)
    return hearing.count
