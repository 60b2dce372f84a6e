"""The conversation: items in order, and what may be done to them. Pure."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any, Final

from scripts.local_realtime.pcm import BYTES_PER_MS, duration_ms
from scripts.local_realtime.protocol import ClientEventError

_ITEMS_WITH_AUDIO: Final = 20
"""Audio is kept for the newest items only: an hour of it would be 170 MB per session."""


@dataclass(eq=False)
class Item:
    """One conversation item. ``wire`` is its protocol form, without audio."""

    wire: dict[str, Any]
    audio: bytes = b""
    """Mono s16le at 24 kHz, as long as it is kept."""
    audio_ms: float = 0.0
    """Length of the item's audio, kept when the audio itself is not."""
    truncated_at_ms: int | None = None
    live: bool = False
    """True for speech that came in by the audio buffer and for answers given here; False for
    items that the client created, such as a history that it restores."""

    @property
    def id(self) -> str:
        return str(self.wire["id"])

    @property
    def role(self) -> str | None:
        return self.wire.get("role")

    @property
    def text(self) -> str:
        """What was said or written in a message; empty for other items."""
        parts = self.wire.get("content") or []
        return " ".join(filter(None, (part.get("transcript") or part.get("text") for part in parts)))


@dataclass
class Conversation:
    """Items in the order of the conversation."""

    items: list[Item] = field(default_factory=list)

    def find(self, item_id: str) -> Item | None:
        """The item of that id."""
        return next((item for item in reversed(self.items) if item.id == item_id), None)

    def last_id(self) -> str | None:
        """The id that a new item at the end gets as its ``previous_item_id``."""
        return self.items[-1].id if self.items else None

    def insert(self, item: Item, after: str | None) -> str | None:
        """Put an item after the one of id ``after``; ``"root"`` is the front, None the end.

        Returns the ``previous_item_id`` of the new item. Raises ClientEventError.
        """
        if self.find(item.id) is not None:
            message = f"Error adding item: an item with id '{item.id}' already exists."
            raise ClientEventError(message, "item_create_duplicate_item_id", "item.id")
        if after == "root":
            self.items.insert(0, item)
            return None
        if after is None:
            previous = self.last_id()
            self.items.append(item)
        else:
            at = self._index(after, "item_create_invalid_previous_item_id", "previous_item_id", "adding")
            previous = after
            self.items.insert(at + 1, item)
        self._drop_old_audio()
        return previous

    def delete(self, item_id: str) -> None:
        """Remove an item. Raises ClientEventError when there is none of that id."""
        del self.items[self._index(item_id, "item_delete_invalid_item_id", "item_id", "deleting")]

    def retrieve(self, item_id: str) -> Item:
        """The item of that id. Raises ClientEventError."""
        return self.items[self._index(item_id, "item_retrieve_invalid_item_id", "item_id", "retrieving")]

    def truncate(self, item_id: str, content_index: int, audio_end_ms: int) -> Item:
        """Cut an answer to what was heard, and forget its transcript, as the real service does.

        Raises ClientEventError for other items and for a length that the audio does not have.
        """
        item = self.items[self._index(item_id, "item_truncate_invalid_item_id", "item_id", "truncating")]
        parts = item.wire.get("content") or []
        if content_index >= len(parts) or parts[content_index].get("type") != "output_audio":
            raise ClientEventError("Only model output audio messages can be truncated", "invalid_value")
        if audio_end_ms < 0 or audio_end_ms > item.audio_ms:
            message = f"Audio content of {int(item.audio_ms)}ms is already shorter than {audio_end_ms}ms"
            raise ClientEventError(message, "invalid_value", "audio_end_ms")
        item.audio_ms = float(audio_end_ms)
        item.audio = item.audio[: audio_end_ms * BYTES_PER_MS]
        item.truncated_at_ms = audio_end_ms
        parts[content_index] = {"type": "output_audio", "transcript": ""}
        return item

    def _index(self, item_id: str, code: str, param: str, verb: str) -> int:
        for at, item in enumerate(self.items):
            if item.id == item_id:
                return at
        message = f"Error {verb} item: the item with id '{item_id}' does not exist."
        raise ClientEventError(message, code, param)

    def _drop_old_audio(self) -> None:
        for item in self.items[:-_ITEMS_WITH_AUDIO]:
            item.audio = b""


def item_from_client(wire: dict[str, Any], new_id: str) -> Item:
    """An item as the client sent it, with id, object, status and without its audio bytes.

    Raises ClientEventError for audio that is not base64.
    """
    wire = {name: value for name, value in wire.items() if value is not None}
    wire.setdefault("id", new_id)
    wire["object"] = "realtime.item"
    wire["status"] = "completed"
    if wire["type"] == "function_call":
        wire.setdefault("call_id", f"call_{new_id}")
    audio = b""
    parts = []
    for part in wire.get("content") or []:
        part = {name: value for name, value in part.items() if value is not None}
        if "audio" in part:
            audio += decode_audio(part.pop("audio"), "item.content.audio")
        parts.append(part)
    if "content" in wire:
        wire["content"] = parts
    return Item(wire, audio, duration_ms(audio))


def decode_audio(text: str, param: str) -> bytes:
    """Base64 to bytes. Raises ClientEventError."""
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except binascii.Error:
        message = f"Invalid '{param}': expected base64-encoded audio bytes."
        raise ClientEventError(message, "invalid_value", param) from None


def with_audio(item: Item) -> dict[str, Any]:
    """The item's protocol form with its audio, for ``conversation.item.retrieved``."""
    wire = dict(item.wire)
    if item.audio and wire.get("content"):
        encoded = base64.b64encode(item.audio).decode()
        wire["content"] = [
            {**part, "audio": encoded} if "audio" in str(part.get("type")) else part for part in wire["content"]
        ]
    return wire
