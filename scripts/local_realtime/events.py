"""Server events that are built from nothing but their values. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from scripts.local_realtime.protocol import Event, encode

Frame = tuple[str, str | Event]
"""A server event's type, and its text frame or the event to encode."""

_TRANSCRIPTION: Final = "conversation.item.input_audio_transcription"


def frame_text(frame: Frame) -> str:
    """The text of a frame."""
    body = frame[1]
    return body if isinstance(body, str) else encode(body)


def rate_limits_updated() -> Event:
    """There are no limits here, so the figures are made up and never change."""
    limits = (("requests", 5000, 4999), ("tokens", 800_000, 799_000))
    names = ("name", "limit", "remaining", "reset_seconds")
    return {
        "type": "rate_limits.updated",
        "rate_limits": [dict(zip(names, (*limit, 0.01), strict=True)) for limit in limits],
    }


def transcription_events(item_id: str, text: str, usage: dict[str, Any]) -> Iterator[Event]:
    """A delta for each word, then the whole."""
    at = {"item_id": item_id, "content_index": 0}
    for word in _words(text):
        yield {"type": f"{_TRANSCRIPTION}.delta", **at, "delta": word}
    yield {"type": f"{_TRANSCRIPTION}.completed", **at, "transcript": text, "usage": usage}


def transcription_failed(item_id: str, message: str) -> Event:
    """The words of an item are not known."""
    error = {"type": "transcription_error", "code": "audio_unintelligible", "message": message, "param": None}
    return {"type": f"{_TRANSCRIPTION}.failed", "item_id": item_id, "content_index": 0, "error": error}


def _words(text: str) -> list[str]:
    """The text in pieces that begin with their space, as transcription deltas do."""
    first, *rest = text.split(" ")
    return [first, *(f" {word}" for word in rest)] if text else []
