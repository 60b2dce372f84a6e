from __future__ import annotations

import base64
from typing import Any

import pytest

from shared.call_report import Usage
from worker.adapters.realtime_events import EventReader, MalformedEvent
from worker.input_clock import InputClock
from worker.ports import (
    AnswerAudio,
    AnswerDone,
    AnswerItemDone,
    AnswerStarted,
    AnswerStatus,
    AnswerText,
    CallerWords,
    ModelEvent,
    ModelReady,
    SpeechStarted,
    SpeechStopped,
    ToolCalled,
    WordsFailed,
)

NOW_MS = 1_700_000_010_000


@pytest.fixture
def reader() -> EventReader:
    clock = InputClock()
    clock.sent(5000, NOW_MS)
    return EventReader(input_clock=clock, prefix_ms=300, silence_ms=500, now_ms=lambda: NOW_MS)


def _read(reader: EventReader, **event: Any) -> list[ModelEvent]:
    return list(reader.read(event))


def test_a_session_that_is_set_up_is_ready(reader: EventReader) -> None:
    assert _read(reader, type="session.updated", session={}) == [ModelReady()]


def test_speech_is_placed_in_time(reader: EventReader) -> None:
    started = _read(reader, type="input_audio_buffer.speech_started", item_id="i", audio_start_ms=3000)
    assert started == [SpeechStarted("i", NOW_MS - 2000 + 300)], "without the padding"
    stopped = _read(reader, type="input_audio_buffer.speech_stopped", item_id="i", audio_end_ms=4900)
    assert stopped == [SpeechStopped("i", NOW_MS - 100 - 500)]
    at_once = _read(reader, type="input_audio_buffer.speech_started", item_id="i", audio_start_ms=0)
    assert at_once == [SpeechStarted("i", NOW_MS - 5000)], "nothing was before it"


class _Line:
    """A connection that was sent sounds, and what it says of them."""

    def __init__(self) -> None:
        self.clock = InputClock()
        self.reader = EventReader(input_clock=self.clock, prefix_ms=300, silence_ms=500, now_ms=lambda: self.now_ms)
        self.now_ms = NOW_MS
        """The position 0 was spoken at `NOW_MS`."""

    def hears(self, ms: int, rms: float = 5.0) -> None:
        for _ in range(ms // 20):
            self.now_ms += 20
            self.clock.sent(20, self.now_ms, rms)

    def started_ms(self, audio_start_ms: int, item_id: str = "i") -> int:
        [told] = _read(
            self.reader, type="input_audio_buffer.speech_started", item_id=item_id, audio_start_ms=audio_start_ms
        )
        assert isinstance(told, SpeechStarted)
        return told.at_ms - NOW_MS

    def stopped(self, audio_end_ms: int, item_id: str = "i") -> None:
        _read(self.reader, type="input_audio_buffer.speech_stopped", item_id=item_id, audio_end_ms=audio_end_ms)
        self.committed(item_id)

    def committed(self, item_id: str = "i") -> None:
        _read(self.reader, type="input_audio_buffer.committed", item_id=item_id)


@pytest.mark.parametrize("quiet_ms", [0, 40, 160, 280, 300])
def test_the_very_first_word_of_a_session_begins_with_its_sound(quiet_ms: int) -> None:
    line = _Line()
    line.hears(quiet_ms)
    line.hears(200, rms=3000)
    assert line.started_ms(0) == quiet_ms


@pytest.mark.parametrize("pause_ms", [520, 600, 700, 780, 800])
def test_so_does_what_follows_a_turn_at_once(pause_ms: int) -> None:
    line = _Line()
    line.hears(1000)
    line.hears(1000, rms=3000)
    assert line.started_ms(700) == 1000
    line.hears(500)
    line.stopped(2500)
    line.hears(pause_ms - 500)
    line.hears(200, rms=3000)
    assert line.started_ms(max(2500, 2000 + pause_ms - 300), "j") == 2000 + pause_ms


def test_and_what_goes_on_when_the_words_so_far_were_asked_for() -> None:
    line = _Line()
    line.hears(1000)
    line.hears(4000, rms=3000)
    assert line.started_ms(700) == 1000
    line.committed()
    line.hears(80, rms=3000)
    assert line.started_ms(5000, "j") == 5000


def test_another_session_begins_without_what_the_last_one_heard() -> None:
    line = _Line()
    line.hears(5000, rms=3000)
    line.stopped(5000)
    line.reader.reset()
    line.clock.reset()
    line.hears(1000)
    line.hears(200, rms=3000)
    assert line.started_ms(700) == 6000


def test_the_callers_words_grow_until_they_are_final(reader: EventReader) -> None:
    delta, done = (f"conversation.item.input_audio_transcription.{kind}" for kind in ("delta", "completed"))
    assert _read(reader, type=delta, item_id="i", delta="Where ") == [CallerWords("i", "Where ", final=False)]
    assert _read(reader, type=delta, item_id="i", delta="is") == [CallerWords("i", "Where is", final=False)]
    assert _read(reader, type=done, item_id="i", transcript="Where is it?") == [
        CallerWords("i", "Where is it?", final=True)
    ]
    assert _read(reader, type=delta, item_id="i", delta="new") == [CallerWords("i", "new", final=False)]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ({"type": "invalid_request_error", "code": "audio_unintelligible"}, "audio_unintelligible"),
        ({"type": "server_error", "code": None}, "server_error"),
        ("a string", "failed"),
        (None, "failed"),
    ],
)
def test_a_transcription_that_failed(reader: EventReader, error: object, code: str) -> None:
    kind = "conversation.item.input_audio_transcription.failed"
    assert _read(reader, type=kind, item_id="i", content_index=0, error=error) == [WordsFailed("i", code)]


def test_an_answers_audio_and_text(reader: EventReader) -> None:
    audio = base64.b64encode(b"\x01\x02").decode()
    ids = {"response_id": "r", "item_id": "i"}
    assert _read(reader, type="response.created", response={"id": "r"}) == [AnswerStarted("r")]
    assert _read(reader, type="response.output_audio.delta", delta=audio, **ids) == [AnswerAudio("r", "i", b"\x01\x02")]
    assert _read(reader, type="response.output_audio_transcript.delta", delta="Hi", **ids) == [
        AnswerText("r", "i", "Hi")
    ]
    item = {"id": "i", "type": "message"}
    assert _read(reader, type="response.output_item.done", response_id="r", item=item) == [AnswerItemDone("r", "i")]


def test_a_function_call(reader: EventReader) -> None:
    item = {"id": "i", "type": "function_call", "call_id": "c", "name": "end_call", "arguments": "{}"}
    _read(reader, type="response.created", response={"id": "r"})
    assert _read(reader, type="response.output_item.done", response_id="r", item=item) == [
        ToolCalled("r", "c", "end_call", "{}")
    ]


def test_a_completed_response_has_its_usage(reader: EventReader) -> None:
    usage = {
        "input_tokens": 100,
        "output_tokens": 50,
        "input_token_details": {"cached_tokens": 64, "audio_tokens": 80},
        "output_token_details": {"audio_tokens": 40, "text_tokens": 10},
    }
    response = {"id": "r", "status": "completed", "usage": usage}
    assert _read(reader, type="response.done", response=response) == [
        AnswerDone("r", AnswerStatus.COMPLETED, usage=Usage(100, 50, 64, 120, audio_output_tokens=40))
    ]


@pytest.mark.parametrize(
    ("status", "meaning"),
    [("cancelled", AnswerStatus.CANCELLED), ("incomplete", AnswerStatus.INCOMPLETE), ("new", AnswerStatus.COMPLETED)],
)
def test_other_ends_of_a_response(reader: EventReader, status: str, meaning: AnswerStatus) -> None:
    assert _read(reader, type="response.done", response={"id": "r", "status": status, "usage": None}) == [
        AnswerDone("r", meaning)
    ]


def test_a_response_that_ends_early_says_why(reader: EventReader) -> None:
    details = {"type": "incomplete", "reason": "content_filter"}
    response = {"id": "r", "status": "incomplete", "status_details": details}
    assert _read(reader, type="response.done", response=response) == [
        AnswerDone("r", AnswerStatus.INCOMPLETE, "content_filter")
    ]


def test_an_item_that_broke_off_is_not_whole_and_half_a_tool_call_is_none(reader: EventReader) -> None:
    done = {"type": "response.output_item.done", "response_id": "r"}
    _read(reader, type="response.created", response={"id": "r"})
    message = {"type": "message", "id": "i", "status": "incomplete"}
    assert _read(reader, **done, item=message) == [AnswerItemDone("r", "i", is_whole=False)]
    call = {"type": "function_call", "call_id": "c", "name": "look", "arguments": '{"a', "status": "incomplete"}
    assert _read(reader, **done, item=call) == []


def test_a_failed_response_says_why(reader: EventReader) -> None:
    response = {"id": "r", "status": "failed", "status_details": {"type": "failed", "error": {"code": "server_error"}}}
    assert _read(reader, type="response.done", response=response) == [
        AnswerDone("r", AnswerStatus.FAILED, "server_error")
    ]


def test_what_is_of_no_use_is_passed_over(reader: EventReader) -> None:
    assert _read(reader, type="rate_limits.updated", rate_limits=[]) == []
    assert _read(reader) == []


def test_a_malformed_event_of_a_known_kind_is_told_apart(reader: EventReader) -> None:
    with pytest.raises(MalformedEvent, match=r"response\.output_audio\.delta"):
        _read(reader, type="response.output_audio.delta", response_id="r", item_id="i")


def test_a_new_connection_forgets_half_a_sentence(reader: EventReader) -> None:
    delta = "conversation.item.input_audio_transcription.delta"
    _read(reader, type=delta, item_id="i", delta="old")
    reader.reset()
    assert _read(reader, type=delta, item_id="i", delta="new") == [CallerWords("i", "new", final=False)]
