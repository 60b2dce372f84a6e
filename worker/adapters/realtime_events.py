"""The model's JSON events as the port's events. Pure, and deaf to whatever the bridge has no use for.

Read are the current (GA) names of the OpenAI Realtime API; livekit-plugins-openai has already renamed Azure's.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Any

from shared.call_report import Usage
from shared.pcm import BYTES_PER_SAMPLE
from worker.adapters.model_errors import is_rate_limit, told_wait_s
from worker.input_clock import InputClock
from worker.ports import (
    ANSWER_OPEN,
    AnswerAudio,
    AnswerDone,
    AnswerItemDone,
    AnswerStarted,
    AnswerStatus,
    AnswerText,
    CallerWords,
    ModelEvent,
    ModelReady,
    ReplyRefused,
    SpeechStarted,
    SpeechStopped,
    ToolCalled,
    WordsFailed,
)

REPLY_PREFIX = "response_create_"
"""How livekit-plugins-openai begins the ids of the answers that it asks for."""

_Json = dict[str, Any]
_MAX_COUNT = 2**53
_UNREADABLE = (KeyError, ValueError, TypeError, AttributeError, ArithmeticError)
"""What reading a JSON value of another shape than expected can raise."""


class MalformedEvent(ValueError):
    """An event of a known type that is not what its type says."""


class EventReader:
    """Remembers what one connection has said so far, as far as later events build on it."""

    def __init__(self, *, input_clock: InputClock, prefix_ms: int, silence_ms: int, now_ms: Callable[[], int]) -> None:
        """`prefix_ms` and `silence_ms`: of the detector, before and after speech."""
        self._input_clock = input_clock
        self._prefix_ms = prefix_ms
        self._silence_ms = silence_ms
        self._now_ms = now_ms
        self._partial: dict[str, str] = {}
        self._discarded: set[str] = set()
        self._handlers: dict[str, Callable[[_Json], Iterator[ModelEvent]]] = {
            "session.updated": self._session_updated,
            "input_audio_buffer.speech_started": self._speech_started,
            "input_audio_buffer.speech_stopped": self._speech_stopped,
            "conversation.item.input_audio_transcription.delta": self._words_delta,
            "conversation.item.input_audio_transcription.completed": self._words_completed,
            "conversation.item.input_audio_transcription.failed": self._words_failed,
            "response.output_audio.delta": self._audio,
            "response.output_audio_transcript.delta": self._text,
            "response.output_text.delta": self._text,
            "response.output_item.done": self._item_done,
            "response.done": self._response_done,
            "error": self._error,
        }
        self.last_error: str | None = None
        """The code of the newest error that the service told of."""

    def reset(self) -> None:
        """A new connection: nothing that was open will be completed."""
        self._partial.clear()
        self._discarded.clear()

    def read(self, event: _Json) -> list[ModelEvent]:
        """What `event` means, as zero or more events of the port. Raises `MalformedEvent`; it has no effect then."""
        kind = event.get("type")
        handler = self._handlers.get(kind) if isinstance(kind, str) else None
        if handler is None:
            return []
        try:
            return list(handler(event))
        except _UNREADABLE:
            raise MalformedEvent(kind) from None

    def _session_updated(self, event: _Json) -> Iterator[ModelEvent]:
        yield ModelReady(_moment_ms(event.get("session") or {}, "expires_at"))

    def _speech_started(self, event: _Json) -> Iterator[ModelEvent]:
        audio_ms = event.get("audio_start_ms")
        if audio_ms:  # documented to include the padding; at 0 there was not as much before it
            audio_ms += self._prefix_ms
        at_ms = self._input_clock.spoken_at_ms(audio_ms, self._now_ms())
        yield SpeechStarted(_text_or_none(event, "item_id"), at_ms)

    def _speech_stopped(self, event: _Json) -> Iterator[ModelEvent]:
        # `audio_end_ms` is documented to include the silence that the detector waited for.
        at_ms = self._input_clock.spoken_at_ms(event.get("audio_end_ms"), self._now_ms()) - self._silence_ms
        yield SpeechStopped(_text_or_none(event, "item_id"), at_ms)

    def _words_delta(self, event: _Json) -> Iterator[ModelEvent]:
        item_id = _text(event, "item_id")
        text = self._partial[item_id] = self._partial.get(item_id, "") + _text_or_none(event, "delta")
        yield CallerWords(item_id, text, final=False)

    def _words_completed(self, event: _Json) -> Iterator[ModelEvent]:
        item_id, text = _text(event, "item_id"), _text_or_none(event, "transcript")
        self._partial.pop(item_id, None)
        yield CallerWords(item_id, text, final=True)

    def _words_failed(self, event: _Json) -> Iterator[ModelEvent]:
        item_id, error = _text(event, "item_id"), event.get("error")
        self._partial.pop(item_id, None)
        code = (error.get("code") or error.get("type")) if isinstance(error, dict) else None
        yield WordsFailed(item_id, _word(code or "failed"))

    def _audio(self, event: _Json) -> Iterator[ModelEvent]:
        yield AnswerAudio(_text(event, "response_id"), _text(event, "item_id"), _samples(event["delta"]))

    def _text(self, event: _Json) -> Iterator[ModelEvent]:
        yield AnswerText(_text(event, "response_id"), _text(event, "item_id"), _text(event, "delta"))

    def _item_done(self, event: _Json) -> Iterator[ModelEvent]:
        item = event["item"]
        is_whole = item.get("status") != "incomplete"
        if item["type"] == "message":
            yield AnswerItemDone(_text(event, "response_id"), _text(item, "id"), is_whole)
        elif item["type"] == "function_call" and is_whole:
            arguments = _text_or_none(item, "arguments") or "{}"
            yield ToolCalled(_text(event, "response_id"), _text(item, "call_id"), _text(item, "name"), arguments)

    def _error(self, event: _Json) -> Iterator[ModelEvent]:
        error = event["error"]
        self.last_error = code = _word(error.get("code") or error.get("type") or "")
        # A request is answered by the id that it had; a rate limit may come without.
        if str(error.get("event_id") or "").startswith(REPLY_PREFIX) or code == ANSWER_OPEN or is_rate_limit(code):
            yield ReplyRefused(code, told_wait_s(None, error.get("message")))

    def _response_done(self, event: _Json) -> Iterator[ModelEvent]:
        response = event["response"]
        yield AnswerDone(
            response_id=_text(response, "id"),
            status=_STATUS.get(_text_or_none(response, "status"), AnswerStatus.COMPLETED),
            error_code=_error_code(response),
            usage=_usage(response.get("usage")),
            retry_after_s=told_wait_s(None, _error_of(response).get("message")),
        )


_STATUS = {
    "completed": AnswerStatus.COMPLETED,
    "incomplete": AnswerStatus.INCOMPLETE,
    "cancelled": AnswerStatus.CANCELLED,
    "failed": AnswerStatus.FAILED,
}


def started(response_id: str) -> AnswerStarted:
    return AnswerStarted(response_id)


def _error_of(response: _Json) -> _Json:
    return (response.get("status_details") or {}).get("error") or {}


def _error_code(response: _Json) -> str | None:
    error = _error_of(response)
    code = error.get("code") or error.get("type") or (response.get("status_details") or {}).get("reason")
    return _word(code) if code else None


def _usage(usage: _Json | None) -> Usage | None:
    if not usage:
        return None
    inputs, outputs = usage.get("input_token_details") or {}, usage.get("output_token_details") or {}
    return Usage(
        input_tokens=_count(usage, "input_tokens"),
        output_tokens=_count(usage, "output_tokens"),
        cached_tokens=_count(inputs, "cached_tokens"),
        audio_tokens=_count(inputs, "audio_tokens") + _count(outputs, "audio_tokens"),
        audio_output_tokens=_count(outputs, "audio_tokens"),
        cached_audio_tokens=_count(inputs.get("cached_tokens_details") or {}, "audio_tokens"),
    )


def _text(source: _Json, key: str) -> str:
    value = source[key]
    if not isinstance(value, str):
        raise TypeError(key)
    return _sendable(value)


def _text_or_none(source: _Json, key: str) -> str:
    """Empty where there is none."""
    return "" if source.get(key) is None else _text(source, key)


def _sendable(text: str) -> str:
    """Half a surrogate pair can be said in JSON and nowhere behind us: not in a caption, not in a report."""
    return text if text.isascii() else text.encode(errors="replace").decode()


def _word(value: object) -> str:
    return _sendable(str(value)[:64])


def _samples(delta: str) -> bytes:
    pcm = base64.b64decode(delta)
    if len(pcm) % BYTES_PER_SAMPLE:
        raise ValueError("half a sample")
    return pcm


def _moment_ms(source: _Json, key: str) -> int | None:
    """Seconds since 1970, in milliseconds. None where there are none, or no such moment comes."""
    value = source.get(key)
    return int(value * 1000) if isinstance(value, int | float) and 0 <= value < _MAX_COUNT / 1000 else None


def _count(source: _Json, key: str) -> int:
    """Tokens are for the bill: a number that cannot be one costs no answer."""
    value = source.get(key)
    return value if type(value) is int and 0 <= value < _MAX_COUNT else 0
