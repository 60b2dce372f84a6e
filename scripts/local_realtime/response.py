"""One response of the model: from ``response.created`` to ``response.done``. Pure.

The order of events is that of the real service. The shell decides how fast it comes: it calls
``open_message``, then ``say`` and ``play`` as often as it likes, ``close_message``, ``call`` for
each function call, and ``finish``. ``finish`` may come at any moment and closes what is open.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from scripts.local_realtime.conversation import Item
from scripts.local_realtime.pcm import BYTES_PER_MS
from scripts.local_realtime.protocol import AudioDeltaFrames, Event

Status = Literal["completed", "cancelled", "failed", "incomplete"]
Modality = Literal["audio", "text"]


class Outlet(Protocol):
    """What a response needs of its session."""

    def emit(self, event: Event) -> None:
        """Send an event; its ``event_id`` is added."""

    def emit_frame(self, kind: str, build: Callable[[str], str]) -> None:
        """Send a ready frame, built from its event id."""

    def add_item(self, item: Item) -> None:
        """Append to the conversation and announce it."""

    def item_done(self, item: Item) -> None:
        """Announce that the item is whole."""


@dataclass
class ResponseOptions:
    """The settings of one response: those of the session, with what ``response.create`` overrides."""

    modality: Modality = "audio"
    in_conversation: bool = True
    voice: Any = "alloy"
    speed: float = 1.0
    instructions: str = ""
    own_instructions: str | None = None
    """What ``response.create`` itself said, or None."""
    tools: list[dict[str, Any]] = field(default_factory=list)
    tool_choice: Any = "auto"
    max_output_tokens: int | str = "inf"
    metadata: dict[str, str] | None = None
    input: list[Item] | None = None
    """The context to use in place of the conversation, when the client gave one."""


class Response:
    """The state of one response. Ends exactly once; calls after the end do nothing."""

    def __init__(self, response_id: str, conversation_id: str, options: ResponseOptions, outlet: Outlet) -> None:
        self.id = response_id
        self.options = options
        self.output: list[Item] = []
        self.status: Status | None = None
        self._conversation_id = conversation_id if options.in_conversation else None
        self._outlet = outlet
        self._open: Item | None = None
        self._transcript = ""
        self._source = b""
        self._frames: AudioDeltaFrames | None = None

    @property
    def active(self) -> bool:
        """True until ``finish``."""
        return self.status is None

    @property
    def audio_ms(self) -> float:
        """Audio sent so far."""
        return sum(item.audio_ms for item in self.output)

    def wire(self, usage: dict[str, Any] | None = None, details: dict[str, Any] | None = None) -> dict[str, Any]:
        """The response object of the protocol."""
        options = self.options
        return {
            "object": "realtime.response",
            "id": self.id,
            "status": self.status or "in_progress",
            "status_details": details,
            "output": [copy.deepcopy(item.wire) for item in self.output],
            "conversation_id": self._conversation_id,
            "output_modalities": [options.modality],
            "max_output_tokens": options.max_output_tokens,
            "audio": {"output": {"format": {"type": "audio/pcm", "rate": 24000}, "voice": _voice_name(options.voice)}},
            "usage": usage,
            "metadata": options.metadata,
        }

    def open_message(self, item_id: str, phase: str | None = None) -> None:
        """Begin a spoken (or written) message."""
        if not self.active:
            return
        message: dict[str, Any] = {"type": "message", "role": "assistant", "status": "in_progress", "content": []}
        if phase is not None:
            message["phase"] = phase
        self._open = self._begin_item(Item({"id": item_id, "object": "realtime.item", **message}, live=True))
        self._transcript, self._source = "", b""
        self._frames = AudioDeltaFrames(self.id, item_id, len(self.output) - 1)
        self._emit("response.content_part.added", self._open, content_index=0, part=self._part(""))
        self._open.wire["content"] = [self._content("")]

    def say(self, text: str) -> None:
        """The next words."""
        if not self.active or self._open is None or not text:
            return
        self._transcript += text
        kind = "output_audio_transcript" if self.options.modality == "audio" else "output_text"
        self._emit(f"response.{kind}.delta", self._open, content_index=0, delta=text)
        if self._open.truncated_at_ms is None:
            self._open.wire["content"] = [self._content(self._transcript)]

    def play(self, delta_base64: str, delta_ms: float, source: bytes = b"") -> None:
        """The next audio: its base64, its length, and the whole clip that it is cut from."""
        if not self.active or self._open is None or self._frames is None:
            return
        frames = self._frames
        self._outlet.emit_frame("response.output_audio.delta", lambda event_id: frames.frame(event_id, delta_base64))
        self._source = source
        if self._open.truncated_at_ms is None:
            self._open.audio_ms += delta_ms

    def close_message(self, status: str = "completed") -> None:
        """End the message that is open."""
        item, self._open = self._open, None
        if item is None:
            return
        text = self._transcript
        if self.options.modality == "audio":
            item.audio = self._source[: int(item.audio_ms) * BYTES_PER_MS]
            self._emit("response.output_audio.done", item, content_index=0)
            self._emit("response.output_audio_transcript.done", item, content_index=0, transcript=text)
        else:
            self._emit("response.output_text.done", item, content_index=0, text=text)
        self._emit("response.content_part.done", item, content_index=0, part=self._part(text))
        self._end_item(item, status)

    def call(self, item_id: str, call_id: str, name: str, arguments: str) -> None:
        """Call a function of the client's."""
        if not self.active:
            return
        wire = {"id": item_id, "object": "realtime.item", "type": "function_call", "status": "in_progress"}
        item = self._begin_item(Item({**wire, "name": name, "call_id": call_id, "arguments": ""}, live=True))
        half = max(1, len(arguments) // 2)
        for part in filter(None, (arguments[:half], arguments[half:])):
            self._emit("response.function_call_arguments.delta", item, call_id=call_id, delta=part)
        item.wire["arguments"] = arguments
        self._emit("response.function_call_arguments.done", item, call_id=call_id, name=name, arguments=arguments)
        self._end_item(item, "completed")

    def finish(self, status: Status, usage: dict[str, Any], details: dict[str, Any] | None = None) -> None:
        """End the response."""
        if not self.active:
            return
        self.close_message("completed" if status == "completed" else "incomplete")
        self.status = status
        self._outlet.emit({"type": "response.done", "response": self.wire(usage, details)})

    def _begin_item(self, item: Item) -> Item:
        self.output.append(item)
        self._emit_item("response.output_item.added", item)
        if self.options.in_conversation:
            self._outlet.add_item(item)
        return item

    def _end_item(self, item: Item, status: str) -> None:
        item.wire["status"] = status
        if self.options.in_conversation:
            self._outlet.item_done(item)
        self._emit_item("response.output_item.done", item)

    def _emit_item(self, kind: str, item: Item) -> None:
        index = self.output.index(item)
        wire = copy.deepcopy(item.wire)
        self._outlet.emit({"type": kind, "response_id": self.id, "output_index": index, "item": wire})

    def _emit(self, kind: str, item: Item, **fields: Any) -> None:
        at = {"response_id": self.id, "item_id": item.id, "output_index": self.output.index(item)}
        self._outlet.emit({"type": kind, **at, **fields})

    def _part(self, text: str) -> dict[str, Any]:
        if self.options.modality == "audio":
            return {"type": "audio", "transcript": text}
        return {"type": "text", "text": text}

    def _content(self, text: str) -> dict[str, Any]:
        if self.options.modality == "audio":
            return {"type": "output_audio", "transcript": text}
        return {"type": "output_text", "text": text}


def _voice_name(voice: Any) -> str:
    return str(voice["id"]) if isinstance(voice, dict) else str(voice)
