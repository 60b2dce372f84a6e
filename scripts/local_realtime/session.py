"""One Realtime session as a state machine. Pure: no socket, no clock, no await.

In: parsed client events, speech probabilities, transcripts. Out: frames in ``take_frames`` and work
for the shell in ``take_work`` (transcribe this, answer that). The shell (connection.py) does the
work and tells the session how it went. Nothing here waits, so a test can play a whole call.

Three things live side by side: the **input buffer** with its turn detector, the **conversation**,
and the **responses**, of which at most one may be active in the conversation (out-of-band ones are
free). Speech that begins while one is active ends it: that is barge-in.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, Final

from scripts.local_realtime import session_config
from scripts.local_realtime.conversation import Conversation, Item, decode_audio, item_from_client, with_audio
from scripts.local_realtime.events import Frame, rate_limits_updated, transcription_events, transcription_failed
from scripts.local_realtime.input_buffer import InputBuffer
from scripts.local_realtime.pcm import duration_ms
from scripts.local_realtime.protocol import ClientEventError, Event, error_event
from scripts.local_realtime.response import Response, Status
from scripts.local_realtime.response_options import response_options
from scripts.local_realtime.turns import (
    PauseBegan,
    PauseEnded,
    SpeechStarted,
    SpeechStopped,
    TurnDecision,
    TurnDetector,
)
from scripts.local_realtime.usage import response_usage, transcription_usage
from scripts.local_realtime.work import Answer, DropGuess, Guess, Listen, Transcribe, Work

MIN_COMMIT_MS: Final = 100
_KEPT_WHILE_SILENT_MS: Final = 500
"""Enough for the words that the detector recognises late, beyond the prefix padding."""


class Session:
    """See the module. ``session_id`` seeds all ids, so they are unique in a server."""

    def __init__(self, session_id: str, model: str, expires_at_s: int) -> None:
        self.id = session_id
        self.config = session_config.default_config(model)
        self.conversation = Conversation()
        self.responses: dict[str, Response] = {}
        self.turn = 0
        """User turns so far: commits of audio, and written messages that were answered."""
        self.buffer = InputBuffer()
        self.withholds: Callable[[int], bool] = lambda turn: False
        """Asked before each response, with the turn that it is to answer, or 0; True means none ever begins."""
        self._expires_at_s = expires_at_s
        self._ids = 0
        self._conversation_id = self.new_id("conv")
        self._frames: list[Frame] = []
        self._work: list[Work] = []
        self._answered: set[str] = set()
        self._turn_of_item: dict[str, int] = {}
        self._speech_item_id = ""
        self._detector: TurnDetector | None = None
        self._renew_detector()

    # ------------------------------------------------------------- what the shell takes

    def take_frames(self) -> list[Frame]:
        """Events to send, oldest first; the list is then empty."""
        frames, self._frames = self._frames, []
        return frames

    def take_work(self) -> list[Work]:
        """Work to do, oldest first; the list is then empty."""
        work, self._work = self._work, []
        return work

    @property
    def active_response(self) -> Response | None:
        """The response in progress in the conversation."""
        found = (r for r in self.responses.values() if r.active and r.options.in_conversation)
        return next(found, None)

    # ------------------------------------------------------------- what the shell tells

    def open(self) -> None:
        """The connection is up."""
        self.emit({"type": "session.created", "session": self._session_wire()})

    def receive(self, event: Any) -> None:
        """Take a parsed client event. What it may not do is answered with an ``error`` event."""
        try:
            self._handlers[event.type](self, event)
        except ClientEventError as error:
            error.event_id = error.event_id or event.event_id
            self.refuse(error)

    def refuse(self, error: ClientEventError) -> None:
        """Tell the client that an event of its was refused."""
        self.emit(error_event(error))

    def hear(self, probability: float) -> None:
        """The speech probability of the next 32 ms of the audio that was appended."""
        if self._detector is None:
            return
        for decision in self._detector.push(probability):
            self._decide(decision, self._detector)
        if not self._detector.speaking:
            padding_ms = self._detector.settings.prefix_padding_ms
            self.buffer.drop_before(self.buffer.end_ms - padding_ms - _KEPT_WHILE_SILENT_MS)

    def transcribed(self, item_id: str, text: str) -> None:
        """The user's item says this."""
        item = self.conversation.find(item_id)
        if item is None:
            return
        item.wire["content"] = [{"type": "input_audio", "transcript": text}]
        wanted = self.config["audio"]["input"]["transcription"]
        if not wanted:
            return
        usage = transcription_usage(wanted.get("model") or "", item.audio_ms, text)
        for event in transcription_events(item_id, text, usage):
            self.emit(event)

    def not_transcribed(self, item_id: str, message: str) -> None:
        """The user's item could not be transcribed."""
        if self.config["audio"]["input"]["transcription"]:
            self.emit(transcription_failed(item_id, message))

    def finish(self, response_id: str, status: Status, details: dict[str, Any] | None = None) -> None:
        """End a response, if it is still active."""
        response = self.responses.get(response_id)
        if response is None or not response.active:
            return
        context = response.options.input
        items = [
            item for item in (self.conversation.items if context is None else context) if item not in response.output
        ]
        response.finish(status, response_usage(response.options.instructions, items, response.output), details)
        del self.responses[response_id]

    def cancel(self, response: Response, reason: str) -> None:
        """End a response because of ``turn_detected`` or ``client_cancelled``."""
        self.finish(response.id, "cancelled", {"type": "cancelled", "reason": reason})

    def fail(self, response_id: str, error_type: str, code: str, message: str) -> None:
        """End a response with an error of the service."""
        error = {"type": error_type, "code": code, "message": message}
        self.finish(response_id, "failed", {"type": "failed", "error": error})

    # ------------------------------------------------------------- what responses use

    def emit(self, event: Event) -> None:
        """Send an event; it gets its ``event_id`` here."""
        event["event_id"] = self.new_id("event")
        self._frames.append((event["type"], event))

    def emit_frame(self, kind: str, build: Callable[[str], str]) -> None:
        """Send a ready text frame, built from its event id."""
        self._frames.append((kind, build(self.new_id("event"))))

    def add_item(self, item: Item) -> None:
        """Append an item to the conversation and announce it."""
        self._add_item(item, None)

    def item_done(self, item: Item) -> None:
        """Announce that an item is whole."""
        self._item_event("conversation.item.done", item, self._before(item))

    # ------------------------------------------------------------- turns

    def _renew_detector(self) -> None:
        settings = session_config.turn_settings(self.config)
        self._detector = None if settings is None else TurnDetector(settings, int(self.buffer.end_ms))

    def _decide(self, decision: TurnDecision, detector: TurnDetector) -> None:
        match decision:
            case SpeechStarted(audio_start_ms):
                self.buffer.drop_before(audio_start_ms)
                self._speech_item_id = self.new_id("item")
                at = {"audio_start_ms": audio_start_ms, "item_id": self._speech_item_id}
                self.emit({"type": "input_audio_buffer.speech_started", **at})
                if detector.settings.interrupt_response and (response := self.active_response):
                    self.cancel(response, "turn_detected")
            case PauseBegan():
                self._work.append(Guess(self.buffer.copy()))
            case PauseEnded():
                self._work.append(DropGuess())
            case SpeechStopped(audio_end_ms):
                at = {"audio_end_ms": audio_end_ms, "item_id": self._speech_item_id}
                self.emit({"type": "input_audio_buffer.speech_stopped", **at})
                self._commit(self._speech_item_id, self.buffer.take_until(audio_end_ms))
                if detector.settings.create_response:
                    self._respond_to_speech()

    def _commit(self, item_id: str, audio: bytes) -> None:
        self._speech_item_id = ""
        self.turn += 1
        self._turn_of_item[item_id] = self.turn
        committed = {"type": "input_audio_buffer.committed", "item_id": item_id}
        self.emit({**committed, "previous_item_id": self.conversation.last_id()})
        content = [{"type": "input_audio", "transcript": None}]
        wire = {"id": item_id, "object": "realtime.item", "type": "message", "role": "user", "status": "completed"}
        item = Item({**wire, "content": content}, audio, duration_ms(audio), live=True)
        self.add_item(item)
        self.item_done(item)
        self._work.append(Transcribe(item_id, self.turn, audio))

    def _respond_to_speech(self) -> None:
        try:
            self._respond(None)
        except ClientEventError as error:
            self.refuse(error)

    # ------------------------------------------------------------- responses

    def _respond(self, params: Any) -> None:
        options = response_options(self.config, params, self.new_id)
        active = self.active_response
        if options.in_conversation and active is not None:
            message = (
                f"Conversation already has an active response in progress: {active.id}. "
                "Wait until the response is finished before creating a new one."
            )
            raise ClientEventError(message, "conversation_already_has_active_response")
        turn, item_id = self._turn_to_answer(options.in_conversation)
        if self.withholds(turn or 0):
            return
        response = Response(self.new_id("resp"), self._conversation_id, options, self)
        self.responses[response.id] = response
        self.emit({"type": "response.created", "response": response.wire()})
        self.emit(rate_limits_updated())
        self._work.append(Answer(response.id, turn, item_id))

    def _turn_to_answer(self, in_conversation: bool) -> tuple[int | None, str | None]:
        """The user's message at the end of the conversation, unless an earlier response took it."""
        last = self.conversation.items[-1] if self.conversation.items else None
        if not in_conversation or last is None or last.role != "user" or last.id in self._answered:
            return None, None
        self._answered.add(last.id)
        if last.id not in self._turn_of_item:
            self.turn += 1
            self._turn_of_item[last.id] = self.turn
        return self._turn_of_item[last.id], last.id

    # ------------------------------------------------------------- client events

    def _on_session_update(self, event: Any) -> None:
        has_spoken = any(item.live and item.role == "assistant" and item.audio_ms for item in self.conversation.items)
        update = event.session.model_dump(exclude_unset=True)
        before = self.config["audio"]["input"]["turn_detection"]
        self.config = session_config.updated_config(self.config, update, has_spoken=has_spoken)
        if self.config["audio"]["input"]["turn_detection"] != before:
            self._renew_detector()
        self.emit({"type": "session.updated", "session": self._session_wire()})

    def _on_append(self, event: Any) -> None:
        audio = decode_audio(event.audio, "audio")
        self.buffer.append(audio)
        if self._detector is not None:
            self._work.append(Listen(audio))

    def _on_commit(self, _event: Any) -> None:
        if self.buffer.length_ms < MIN_COMMIT_MS:
            message = (
                "Error committing input audio buffer: buffer too small. Expected at least "
                f"{MIN_COMMIT_MS}ms of audio, but buffer only has {self.buffer.length_ms:.2f}ms of audio."
            )
            raise ClientEventError(message, "input_audio_buffer_commit_empty")
        self._forget_speech()
        self._commit(self._speech_item_id or self.new_id("item"), self.buffer.take_until(self.buffer.end_ms))

    def _on_clear(self, _event: Any) -> None:
        self.buffer.clear()
        self._forget_speech()
        self.emit({"type": "input_audio_buffer.cleared"})

    def _forget_speech(self) -> None:
        if self._detector is not None and self._detector.speaking:
            self._work.append(DropGuess())
            self._detector.forget()

    def _on_output_clear(self, _event: Any) -> None:
        message = "The event 'output_audio_buffer.clear' is only supported over WebRTC and SIP."
        raise ClientEventError(message, "invalid_value", "type")

    def _on_item_create(self, event: Any) -> None:
        item = item_from_client(event.item.model_dump(exclude_unset=True), self.new_id("item"))
        self._add_item(item, event.previous_item_id)
        self.item_done(item)

    def _on_item_delete(self, event: Any) -> None:
        self.conversation.delete(event.item_id)
        self.emit({"type": "conversation.item.deleted", "item_id": event.item_id})

    def _on_item_retrieve(self, event: Any) -> None:
        item = self.conversation.retrieve(event.item_id)
        self.emit({"type": "conversation.item.retrieved", "item": with_audio(item)})

    def _on_item_truncate(self, event: Any) -> None:
        self.conversation.truncate(event.item_id, event.content_index, event.audio_end_ms)
        at = {"item_id": event.item_id, "content_index": event.content_index, "audio_end_ms": event.audio_end_ms}
        self.emit({"type": "conversation.item.truncated", **at})

    def _on_response_create(self, event: Any) -> None:
        self._respond(event.response)

    def _on_response_cancel(self, event: Any) -> None:
        response = self.responses.get(event.response_id) if event.response_id else self.active_response
        if response is None or not response.active:
            raise ClientEventError("Cancellation failed: no active response found", "response_cancel_not_active")
        self.cancel(response, "client_cancelled")

    _handlers: Final[dict[str, Callable[[Session, Any], None]]] = {
        "session.update": _on_session_update,
        "input_audio_buffer.append": _on_append,
        "input_audio_buffer.commit": _on_commit,
        "input_audio_buffer.clear": _on_clear,
        "output_audio_buffer.clear": _on_output_clear,
        "conversation.item.create": _on_item_create,
        "conversation.item.delete": _on_item_delete,
        "conversation.item.retrieve": _on_item_retrieve,
        "conversation.item.truncate": _on_item_truncate,
        "response.create": _on_response_create,
        "response.cancel": _on_response_cancel,
    }

    # ------------------------------------------------------------- small things

    def new_id(self, prefix: str) -> str:
        """An id that no other object of this server has."""
        self._ids += 1
        return f"{prefix}_{self.id.removeprefix('sess_')}{self._ids:05d}"

    def _session_wire(self) -> dict[str, Any]:
        known = {"object": "realtime.session", "id": self.id, "expires_at": self._expires_at_s}
        return {**known, **copy.deepcopy(self.config)}

    def _before(self, item: Item) -> str | None:
        at = self.conversation.items.index(item) if item in self.conversation.items else 0
        return self.conversation.items[at - 1].id if at > 0 else None

    def _add_item(self, item: Item, after: str | None) -> None:
        previous = self.conversation.insert(item, after)
        self._item_event("conversation.item.added", item, previous)

    def _item_event(self, kind: str, item: Item, previous: str | None) -> None:
        self.emit({"type": kind, "previous_item_id": previous, "item": copy.deepcopy(item.wire)})
