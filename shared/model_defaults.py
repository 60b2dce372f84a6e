"""What an agent runs with when nobody says otherwise; the API must say the same as the workers, which run it."""

from __future__ import annotations

from typing import Final

DEFAULT_MODEL: Final = "gpt-realtime-2.1"
DEFAULT_TRANSCRIBER: Final = "gpt-transcribe"
"""Of files, and of the caller's words inside a session of the model."""

DEFAULT_PROMPT: Final = (
    "You are a friendly and competent voice assistant on a phone call. Answer in one to three short sentences, "
    "in plain spoken language without lists or markup. When something was unclear, ask. "
    "When the caller says goodbye, say goodbye and end the call."
)
