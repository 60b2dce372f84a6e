"""Voices and models: what clients may ask for, and what runs.

The contract's voices are those of the older speech API; `fable`, `onyx` and `nova` do not exist in Realtime. They are
accepted, mapped to the voice that is nearest in character, and the answer says which one speaks (`effectiveVoice`).
"""

from __future__ import annotations

from shared.model_defaults import DEFAULT_MODEL
from shared.model_names import undated

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
_MINI = f"{DEFAULT_MODEL}-mini"
_SUCCESSORS = {
    "gpt-4o-realtime-preview": DEFAULT_MODEL,
    "gpt-4o-mini-realtime-preview": _MINI,
    "gpt-realtime": DEFAULT_MODEL,
    "gpt-realtime-mini": _MINI,
    "gpt-audio-mini": _MINI,
}
"""Names that are no longer served, or will not be from 2027-01-20 on, alone or with a date behind them -> what runs
instead."""


def effective_voice(asked: str) -> str:
    return _MAPPED_VOICES.get(asked, asked)


def effective_model(asked: str | None) -> str:
    """Empty: the worker's default. Names that are no longer served stand for their successors."""
    return "" if asked is None else _SUCCESSORS.get(undated(asked), asked)
