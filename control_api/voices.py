"""Voices and models: what clients may ask for, and what runs.

The contract's voices are those of the older speech API; `fable`, `onyx` and `nova` do not exist in Realtime. They are
accepted, mapped to the voice that is nearest in character, and the answer says which one speaks (`effectiveVoice`).
"""

from __future__ import annotations

import re

DEFAULT_VOICE = "alloy"
REALTIME_VOICES = (
    "alloy",
    "ash",
    "ballad",
    "cedar",
    "coral",
    "echo",
    "marin",
    "sage",
    "shimmer",
    "verse",
)
_MAPPED_VOICES = {"fable": "ballad", "onyx": "cedar", "nova": "marin"}
VOICES = tuple(sorted((*REALTIME_VOICES, *_MAPPED_VOICES)))

CONTRACT_MODEL = "gpt-4o-realtime-preview-2024-12-17"
"""What the contract calls the default."""
_SUCCESSORS = {"gpt-4o-realtime-preview": "gpt-realtime", "gpt-4o-mini-realtime-preview": "gpt-realtime-mini"}
"""Names that are no longer served, alone or with a date behind them -> what runs instead."""
_DATED = re.compile(r"(.+)-\d{4}-\d{2}-\d{2}")


def effective_voice(asked: str) -> str:
    return _MAPPED_VOICES.get(asked, asked)


def effective_model(asked: str | None) -> str:
    """Empty: the worker's default. The preview names that are no longer served stand for their successors."""
    if asked is None:
        return ""
    dated = _DATED.fullmatch(asked)
    return _SUCCESSORS.get(dated[1] if dated else asked, asked)
