"""Token counts, by OpenAI's published rules of thumb. Pure.

The caller's audio is one token per 100 ms, the model's one per 50 ms, text one per four characters.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

from scripts.local_realtime.conversation import Item

INPUT_MS_PER_TOKEN: Final = 100
OUTPUT_MS_PER_TOKEN: Final = 50


def text_tokens(text: str) -> int:
    """Tokens of a text."""
    return math.ceil(len(text) / 4)


def _item_text(item: Item) -> str:
    return item.text or str(item.wire.get("arguments") or item.wire.get("output") or "")


def response_usage(instructions: str, context: Iterable[Item], output: Iterable[Item]) -> dict[str, Any]:
    """The ``usage`` of a response: what it read, and what it said."""
    text_in, audio_in = text_tokens(instructions), 0
    for item in context:
        audio_in += math.ceil(item.audio_ms / (OUTPUT_MS_PER_TOKEN if item.role == "assistant" else INPUT_MS_PER_TOKEN))
        text_in += 0 if item.audio_ms else text_tokens(_item_text(item))
    text_out = audio_out = 0
    for item in output:
        audio_out += math.ceil(item.audio_ms / OUTPUT_MS_PER_TOKEN)
        text_out += text_tokens(_item_text(item))
    return {
        "total_tokens": text_in + audio_in + text_out + audio_out,
        "input_tokens": text_in + audio_in,
        "output_tokens": text_out + audio_out,
        "input_token_details": {
            "text_tokens": text_in,
            "audio_tokens": audio_in,
            "image_tokens": 0,
            "cached_tokens": 0,
            "cached_tokens_details": {"text_tokens": 0, "audio_tokens": 0, "image_tokens": 0},
        },
        "output_token_details": {"text_tokens": text_out, "audio_tokens": audio_out},
    }


def transcription_usage(model: str, audio_ms: float, text: str) -> dict[str, Any]:
    """The ``usage`` of a transcription: whisper-1 is billed by the second, the others by tokens."""
    if model.startswith("whisper"):
        return {"type": "duration", "seconds": round(audio_ms / 1000, 3)}
    audio, out = math.ceil(audio_ms / INPUT_MS_PER_TOKEN), text_tokens(text)
    return {
        "type": "tokens",
        "input_tokens": audio,
        "output_tokens": out,
        "total_tokens": audio + out,
        "input_token_details": {"text_tokens": 0, "audio_tokens": audio},
    }
