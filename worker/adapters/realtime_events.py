"""The model's JSON events as the port's events. Pure, and deaf to whatever the bridge has no use for.

Read are the current (GA) names of the OpenAI Realtime API, and those of its beta, which other houses still send. One
odd field costs that field: what an event is about is found where it can be (`worker.adapters.event_fields`), and an id
that is missing is that of what is open. Only an event that says nothing without the field is given up.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Generator, Iterator

from shared.call_report import Usage
from shared.pcm import BYTES_PER_SAMPLE
from worker.adapters.event_fields import MAX_COUNT, Json, arguments, count, fields, number, text, word
from worker.adapters.model_errors import final_loss, is_rate_limit, told_wait_s
from worker.adapters.open_answer import OpenAnswer
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
"""How the ids of the answers begin that we ask for."""
PROBE_PREFIX = "probe_"

_TRANSCRIPTION = "conversation.item.input_audio_transcription"
_NAMES = {
    "response.text.delta": "response.output_text.delta",
    "response.audio_transcript.delta": "response.output_audio_transcript.delta",
    "response.audio.delta": "response.output_audio.delta",
}
"""Of the beta -> as they are now."""
_STATUS = {
    "completed": AnswerStatus.COMPLETED,
    "cancelled": AnswerStatus.CANCELLED,
    "canceled": AnswerStatus.CANCELLED,
    "failed": AnswerStatus.FAILED,
    "incomplete": AnswerStatus.INCOMPLETE,
}


class MalformedEvent(ValueError):
    """An event of a known type that lacks what it is about."""


class EventReader:
    """Remembers what one connection has said so far, as far as later events build on it."""

    def __init__(self, *, input_clock: InputClock, prefix_ms: int, silence_ms: int, now_ms: Callable[[], int]) -> None:
        """`prefix_ms` and `silence_ms`: of the detector, before and after speech."""
        self._input_clock = input_clock
        self._prefix_ms = prefix_ms
        self._silence_ms = silence_ms
        self._now_ms = now_ms
        self._partial: dict[str, str] = {}
        self._speech_id = ""
        """The newest item of the people."""
        self._is_speech = False
        """Its end was not told."""
        self._taken_ms = 0.0
        """Up to where the audio is in items: no padding reaches back behind it."""
        self._answer = OpenAnswer()
        self._handlers: dict[str, Callable[[Json], Iterator[ModelEvent]]] = {
            "session.updated": self._session_updated,
            "input_audio_buffer.speech_started": self._speech_started,
            "input_audio_buffer.speech_stopped": self._speech_stopped,
            "input_audio_buffer.committed": self._committed,
            f"{_TRANSCRIPTION}.delta": self._words_delta,
            f"{_TRANSCRIPTION}.completed": self._words_completed,
            f"{_TRANSCRIPTION}.failed": self._words_failed,
            "response.created": self._response_created,
            "response.output_item.added": self._item_added,
            "response.output_audio.delta": self._audio,
            "response.output_audio_transcript.delta": self._text,
            "response.output_text.delta": self._text,
            "response.output_item.done": self._item_done,
            "response.done": self._response_done,
            "error": self._error,
        }

    def reset(self) -> None:
        """A new connection: nothing that was open will be completed."""
        self._partial.clear()
        self._answer = OpenAnswer()
        self._speech_id, self._is_speech = "", False
        self._taken_ms = 0.0

    @property
    def answer_is_open(self) -> bool:
        return self._answer.is_open

    def read(self, event: Json) -> list[ModelEvent]:
        """What `event` means, as zero or more events of the port. Raises `MalformedEvent`."""
        kind = event.get("type")
        handler = self._handlers.get(_NAMES.get(kind, kind)) if isinstance(kind, str) else None
        return [] if handler is None else list(handler(event))

    def _session_updated(self, event: Json) -> Iterator[ModelEvent]:
        yield ModelReady(expires_at_ms(event))

    # ------------------------------------------------------------------------------------------------- the people

    def _speech_started(self, event: Json) -> Iterator[ModelEvent]:
        audio_ms = number(event.get("audio_start_ms"))
        if audio_ms is not None:
            audio_ms = self._without_padding(audio_ms)
        at_ms = self._input_clock.spoken_at_ms(audio_ms, self._now_ms())
        self._speech_id, self._is_speech = text(event.get("item_id")), True
        yield SpeechStarted(self._speech_id, at_ms)

    def _without_padding(self, audio_ms: float) -> float:
        """`audio_start_ms` is documented to include the padding, but it is never of the turn before."""
        voice_ms = audio_ms + self._prefix_ms
        is_whole = audio_ms > self._taken_ms
        return voice_ms if is_whole else self._input_clock.voice_from_ms(audio_ms, voice_ms)

    def _committed(self, event: Json) -> Iterator[ModelEvent]:
        if self._is_speech:  # in its middle, as we have asked for: what goes on is another item
            self._taken_ms, self._is_speech = self._input_clock.sent_ms, False
        yield from ()

    def _speech_stopped(self, event: Json) -> Iterator[ModelEvent]:
        # `audio_end_ms` is documented to include the silence that the detector waited for.
        audio_ms = number(event.get("audio_end_ms"))
        self._taken_ms, self._is_speech = audio_ms or self._taken_ms, False
        at_ms = self._input_clock.spoken_at_ms(audio_ms, self._now_ms()) - self._silence_ms
        yield SpeechStopped(self._item_of_people(event), at_ms)

    def _words_delta(self, event: Json) -> Iterator[ModelEvent]:
        item_id = self._item_of_people(event)
        words = self._partial[item_id] = self._partial.get(item_id, "") + text(event.get("delta"))
        yield CallerWords(item_id, words, final=False)

    def _words_completed(self, event: Json) -> Iterator[ModelEvent]:
        item_id = self._item_of_people(event)
        so_far = self._partial.pop(item_id, "")
        yield CallerWords(item_id, text(event.get("transcript")) or so_far, final=True)

    def _words_failed(self, event: Json) -> Iterator[ModelEvent]:
        item_id = self._item_of_people(event)
        self._partial.pop(item_id, None)
        yield WordsFailed(item_id, _code_of(fields(event.get("error"))) or "failed")

    def _item_of_people(self, event: Json) -> str:
        return text(event.get("item_id")) or self._speech_id

    # -------------------------------------------------------------------------------------------------- the agent

    def _response_created(self, event: Json) -> Iterator[ModelEvent]:
        yield AnswerStarted(self._answer.created(_response_id(event)))

    def _item_added(self, event: Json) -> Iterator[ModelEvent]:
        response_id = yield from self._part_of(event)
        self._answer.item(response_id, _item_id(event))

    def _audio(self, event: Json) -> Iterator[ModelEvent]:
        pcm = _samples(event)
        response_id = yield from self._part_of(event)
        yield AnswerAudio(response_id, self._answer.item(response_id, _item_id(event)), pcm)

    def _text(self, event: Json) -> Iterator[ModelEvent]:
        delta = text(event.get("delta"))
        if delta:
            response_id = yield from self._part_of(event)
            yield AnswerText(response_id, self._answer.item(response_id, _item_id(event)), delta)

    def _item_done(self, event: Json) -> Iterator[ModelEvent]:
        item = fields(event.get("item"))
        kind, name, call_id = item.get("type"), text(item.get("name")), text(item.get("call_id"))
        is_call = bool(name and call_id)
        if kind == "function_call" and not is_call:
            raise MalformedEvent("response.output_item.done")
        if not is_call and kind != "message" and isinstance(kind, str) and item.get("role") != "assistant":
            return  # a thought, or what other houses have
        is_whole = item.get("status") != "incomplete"
        response_id = yield from self._part_of(event)
        if is_call and is_whole:
            yield ToolCalled(response_id, call_id, name, arguments(item.get("arguments")))
        elif not is_call:
            yield AnswerItemDone(response_id, self._answer.item(response_id, _item_id(event)), is_whole)

    def _part_of(self, event: Json) -> Generator[ModelEvent, None, str]:
        """Which answer. A part may be the first that is told of it."""
        response_id, is_new = self._answer.part(_response_id(event))
        if is_new:
            yield AnswerStarted(response_id)
        return response_id

    def _response_done(self, event: Json) -> Iterator[ModelEvent]:
        response = fields(event.get("response"))
        details = response.get("status_details")
        error = fields(fields(details).get("error"))
        status = _STATUS.get(text(response.get("status")), AnswerStatus.COMPLETED)
        code = _code_of(error) or word(fields(details).get("reason"))
        if status is AnswerStatus.FAILED:
            code = code or word(details)
        yield AnswerDone(
            response_id=self._answer.done(_response_id(event)),
            status=status,
            error_code=code or None,
            usage=_usage(fields(response.get("usage"))),
            retry_after_s=told_wait_s(None, error.get("message")),
        )
        if status is AnswerStatus.FAILED and (loss := final_loss(code, word(error.get("type")))):
            yield loss

    # ------------------------------------------------------------------------------------------------- the errors

    def _error(self, event: Json) -> Iterator[ModelEvent]:
        error, event_id = error_of(event)
        code = _code_of(error)
        if loss := final_loss(code, word(error.get("type"))):
            yield loss
        elif event_id.startswith(PROBE_PREFIX):
            yield ModelReady()  # whoever refuses is there
        elif event_id.startswith(REPLY_PREFIX) or code == ANSWER_OPEN or is_rate_limit(code):
            # A request is answered by the id that it had; a rate limit may come without.
            yield ReplyRefused(code, told_wait_s(None, error.get("message")))


def error_of(event: Json) -> tuple[Json, str]:
    """The error that an ``error`` event tells of, and the id of the event of ours that it answers; empty: none."""
    told = event.get("error")
    error = {"code": told} if isinstance(told, str) else fields(told) or event
    return error, text(error.get("event_id"))


def error_code(event: Json) -> str | None:
    """None: the event is no error."""
    return _code_of(error_of(event)[0]) if event.get("type") == "error" else None


def expires_at_ms(event: Json) -> int | None:
    """When the service will end the session that ``session.updated`` tells of. None where it does not say, or no such
    moment comes."""
    seconds = number(fields(event.get("session")).get("expires_at"))
    return int(seconds * 1000) if seconds is not None and 0 <= seconds * 1000 < MAX_COUNT else None


def _response_id(event: Json) -> str:
    return text(fields(event.get("response")).get("id")) or text(event.get("response_id"))


def _item_id(event: Json) -> str:
    return text(event.get("item_id")) or text(fields(event.get("item")).get("id"))


def _code_of(error: Json) -> str:
    return word(error.get("code")) or word(error.get("type"))


def _usage(usage: Json) -> Usage | None:
    """Tokens are for the bill: a number that cannot be one costs no answer."""
    if not usage:
        return None
    inputs, outputs = fields(usage.get("input_token_details")), fields(usage.get("output_token_details"))
    return Usage(
        input_tokens=count(usage.get("input_tokens")),
        output_tokens=count(usage.get("output_tokens")),
        cached_tokens=count(inputs.get("cached_tokens")),
        audio_tokens=count(inputs.get("audio_tokens")) + count(outputs.get("audio_tokens")),
        audio_output_tokens=count(outputs.get("audio_tokens")),
        cached_audio_tokens=count(fields(inputs.get("cached_tokens_details")).get("audio_tokens")),
    )


def _samples(event: Json) -> bytes:
    """Half a sample at the end is left out."""
    delta = event.get("delta")
    if not isinstance(delta, str):
        raise MalformedEvent("response.output_audio.delta")
    try:
        pcm = base64.b64decode(delta)
    except (binascii.Error, ValueError):
        raise MalformedEvent("response.output_audio.delta") from None
    return pcm[: len(pcm) - len(pcm) % BYTES_PER_SAMPLE]
