"""Voices and models: what clients may ask for, and what runs.

The contract's voices are those of the older speech API; `fable`, `onyx` and `nova` do not exist in Realtime. They are
accepted, mapped to the voice that is nearest in character, and the answer says which one speaks (`effectiveVoice`).
"""

from __future__ import annotations

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

_RETIRED_MODEL_PREFIX = "gpt-4o-realtime-preview"
_RETIRED_MINI_PREFIX = "gpt-4o-mini-realtime-preview"


def effective_voice(asked: str) -> str:
    return _MAPPED_VOICES.get(asked, asked)


def effective_model(asked: str | None) -> str:
    """Empty: the worker's default. The preview names that are no longer served stand for their successors."""
    if asked is None:
        return ""
    if asked.startswith(_RETIRED_MODEL_PREFIX):
        return "gpt-realtime"
    if asked.startswith(_RETIRED_MINI_PREFIX):
        return "gpt-realtime-mini"
    return asked
