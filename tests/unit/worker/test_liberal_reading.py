"""One odd field of the model's events costs that field: each is changed in every odd way, and what the event is about
is understood all the same."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.odd_values import ABSENT, ODD, paths
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
    ModelLost,
    ModelReady,
    ReplyRefused,
    SpeechStarted,
    SpeechStopped,
    ToolCalled,
    WordsFailed,
)

NOW_MS = 1_700_000_010_000
PCM = b"\x01\x02\x03\x04"
OF_ANSWER = {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "event_id": "e"}
USAGE = {
    "total_tokens": 150,
    "input_tokens": 100,
    "output_tokens": 50,
    "input_token_details": {"cached_tokens": 64, "audio_tokens": 80, "cached_tokens_details": {"audio_tokens": 3}},
    "output_token_details": {"audio_tokens": 40, "text_tokens": 10},
}
ERROR = {"type": "x", "code": "rate_limit_exceeded", "message": "Try again in 1s.", "param": None}
TRANSCRIPTION = "conversation.item.input_audio_transcription"
MESSAGE = {"id": "i", "object": "realtime.item", "type": "message", "role": "assistant", "status": "completed",
           "phase": "commentary", "content": [{"type": "output_audio", "transcript": "Hi"}]}  # fmt: skip
CALL = {"id": "i", "type": "function_call", "status": "completed", "call_id": "c", "name": "look", "arguments": "{}"}
SESSION = {
    "type": "realtime",
    "id": "s",
    "object": "x",
    "expires_at": 1_700_003_600,
    "model": "m",
    "audio": {"input": {}},
}


def _done(status: str, details: Any = None) -> dict[str, Any]:
    response = {"id": "r", "object": "x", "status": status, "status_details": details, "output": [MESSAGE],
                "usage": USAGE, "metadata": None, "conversation_id": "c"}  # fmt: skip
    return {"type": "response.done", "event_id": "e", "response": response}


ESSENTIALS: list[tuple[dict[str, Any], type[ModelEvent], dict[str, Any], set[str]]] = [
    # an event; what it means; what of it holds whatever is odd; the fields without which it says nothing
    ({"type": "session.updated", "event_id": "e", "session": SESSION}, ModelReady, {}, set()),
    ({"type": "input_audio_buffer.speech_started", "item_id": "p", "audio_start_ms": 3000}, SpeechStarted, {}, set()),
    ({"type": "input_audio_buffer.speech_stopped", "item_id": "p", "audio_end_ms": 4900}, SpeechStopped, {}, set()),
    ({"type": f"{TRANSCRIPTION}.delta", "item_id": "p", "content_index": 0, "delta": "Hi"}, CallerWords, {}, set()),
    (
        {"type": f"{TRANSCRIPTION}.completed", "item_id": "p", "content_index": 0, "transcript": "Hi", "usage": USAGE},
        CallerWords, {"final": True}, set(),
    ),
    ({"type": f"{TRANSCRIPTION}.failed", "item_id": "p", "content_index": 0, "error": ERROR}, WordsFailed, {}, set()),
    ({"type": "response.created", "response": {"id": "r", "status": "x", "metadata": {}}}, AnswerStarted, {}, set()),
    (
        {"type": "response.output_audio.delta", "delta": base64.b64encode(PCM).decode(), **OF_ANSWER},
        AnswerAudio, {"pcm": PCM}, {"delta"},
    ),
    (
        {"type": "response.output_audio_transcript.delta", "delta": "Hi", "start_time": 1.5, **OF_ANSWER},
        AnswerText, {"delta": "Hi"}, {"delta"},
    ),
    ({"type": "response.output_text.delta", "delta": "Hi", **OF_ANSWER}, AnswerText, {"delta": "Hi"}, {"delta"}),
    (
        {"type": "response.output_item.done", "response_id": "r", "output_index": 0, "item": MESSAGE},
        AnswerItemDone, {}, set(),
    ),
    (
        {"type": "response.output_item.done", "response_id": "r", "output_index": 0, "item": CALL},
        ToolCalled, {"name": "look", "call_id": "c"}, {"item", "item.name", "item.call_id"},
    ),
    (_done("completed"), AnswerDone, {}, set()),
    (_done("cancelled", {"type": "cancelled", "reason": "turn_detected"}), AnswerDone, {}, set()),
    (_done("failed", {"type": "failed", "error": ERROR}), AnswerDone, {}, set()),
    (
        {"type": "error", "event_id": "e", "error": {**ERROR, "event_id": "response_create_1"}},
        ReplyRefused, {}, {"error"},
    ),
]  # fmt: skip


def a_reader() -> EventReader:
    """In the middle of the answer ``r``, at its item ``i``; somebody has said ``p``."""
    clock = InputClock()
    clock.sent(5000, NOW_MS)
    reader = EventReader(input_clock=clock, prefix_ms=300, silence_ms=500, now_ms=lambda: NOW_MS)
    reader.read({"type": "input_audio_buffer.speech_started", "item_id": "p", "audio_start_ms": 0})
    reader.read({"type": "response.created", "response": {"id": "r"}})
    reader.read({"type": "response.output_item.added", "response_id": "r", "item": {"id": "i", "type": "message"}})
    return reader


def odd_events() -> Iterator[Any]:
    for event, meaning, holds, needed in ESSENTIALS:
        for path in paths(event):
            if path != ("type",) and ".".join(map(str, path)) not in needed:
                yield pytest.param(event, path, meaning, holds, id=f"{event['type']}: {'.'.join(map(str, path))}")


def changed(event: dict[str, Any], path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    odd = copy.deepcopy(event)
    inner: Any = odd
    for name in path[:-1]:
        inner = inner[name]
    if value is ABSENT:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return odd


@pytest.mark.parametrize(("event", "path", "meaning", "holds"), list(odd_events()))
def test_an_odd_field_costs_that_field(
    event: dict[str, Any], path: tuple[str | int, ...], meaning: type[ModelEvent], holds: dict[str, Any]
) -> None:
    for value in ODD:
        found = [one for one in a_reader().read(changed(event, path, value)) if isinstance(one, meaning)]
        assert len(found) == 1, (value, found)
        for name, right in holds.items():
            assert getattr(found[0], name) == right, value
        assert hash(found[0])


@pytest.mark.parametrize(("event", "path", "meaning", "holds"), list(odd_events()))
def test_what_is_missing_is_of_what_is_open(
    event: dict[str, Any], path: tuple[str | int, ...], meaning: type[ModelEvent], holds: dict[str, Any]
) -> None:
    reader = a_reader()
    (found,) = [one for one in reader.read(changed(event, path, ABSENT)) if isinstance(one, meaning)]
    if "item_id" in path or path[-1] == "id":
        of = getattr(found, "item_id", None)
        assert of in ("i", "p", None) or meaning is SpeechStarted
        assert getattr(found, "response_id", "r") == "r" or meaning is AnswerStarted


@pytest.mark.parametrize("details", ["turn_detected", None, [], 7, {"error": "text"}, {"error": {"code": 5}}])
@pytest.mark.parametrize("status", ["completed", "cancelled", "failed", "incomplete", "of another house", None, 7, {}])
def test_the_end_of_an_answer_is_never_lost(status: Any, details: Any) -> None:
    (done, *_) = a_reader().read(_done(status, details))
    assert isinstance(done, AnswerDone)
    assert done.response_id == "r"
    assert done.usage is not None
    known = {one.value for one in AnswerStatus}
    assert done.status == (status if isinstance(status, str) and status in known else AnswerStatus.COMPLETED)


def test_a_reason_that_is_a_text_is_the_code_of_a_failure() -> None:
    (done,) = a_reader().read(_done("failed", "server_error"))
    assert isinstance(done, AnswerDone)
    assert (done.status, done.error_code) == (AnswerStatus.FAILED, "server_error")


def test_numbers_that_are_texts_are_numbers() -> None:
    texts = json.loads(json.dumps(USAGE), parse_int=str)
    (done,) = a_reader().read({"type": "response.done", "response": {"id": "r", "usage": texts}})
    (right,) = a_reader().read({"type": "response.done", "response": {"id": "r", "usage": USAGE}})
    assert done == right
    started = {"type": "input_audio_buffer.speech_started", "item_id": "p", "audio_start_ms": "3000"}
    assert a_reader().read(started) == a_reader().read({**started, "audio_start_ms": 3000})


def test_an_answer_without_an_id_is_one_answer() -> None:
    reader = a_reader()
    reader.read({"type": "response.done", "response": {"id": "r"}})
    (started,) = reader.read({"type": "response.created", "response": None})
    audio = {"type": "response.output_audio.delta", "delta": "AAAA"}
    (first,) = reader.read(audio)
    (named,) = reader.read({**audio, "response_id": "its id", "item_id": "x"})
    (done,) = reader.read({"type": "response.done", "response": {"id": "its id"}})
    assert isinstance(started, AnswerStarted)
    assert {one.response_id for one in (first, named, done)} == {started.response_id}  # type: ignore[union-attr]
    assert reader.read({**audio, "response_id": "its id"}) != []
    assert not reader.answer_is_open


def test_an_answer_that_is_not_announced_begins_with_its_first_part() -> None:
    reader = a_reader()
    reader.read({"type": "response.done", "response": {"id": "r"}})
    audio = {"type": "response.output_audio.delta", "delta": "AAAA", "response_id": "r2", "item_id": "x"}
    assert [type(one) for one in reader.read(audio)] == [AnswerStarted, AnswerAudio]
    assert [type(one) for one in reader.read(audio)] == [AnswerAudio]
    late = reader.read({**audio, "response_id": "r"})
    assert late == [AnswerAudio("r", "x", bytes(3)[:2])], "of an answer that is over; it opens nothing"


def test_names_of_the_beta_are_understood() -> None:
    for old, new in (
        ("audio", "output_audio"),
        ("audio_transcript", "output_audio_transcript"),
        ("text", "output_text"),
    ):
        event = {"type": f"response.{old}.delta", "delta": "AAAA", **OF_ANSWER}
        assert a_reader().read(event) == a_reader().read({**event, "type": f"response.{new}.delta"}) != []


def test_arguments_that_are_an_object_are_a_text() -> None:
    event = {"type": "response.output_item.done", "response_id": "r", "item": {**CALL, "arguments": {"at": 1}}}
    assert a_reader().read(event) == [ToolCalled("r", "c", "look", '{"at": 1}')]


@pytest.mark.parametrize(
    ("field", "value"),
    [("delta", None), ("delta", 7), ("delta", "A"), ("delta", {})],
)
def test_sound_without_sound_is_given_up(field: str, value: Any) -> None:
    with pytest.raises(MalformedEvent):
        a_reader().read({"type": "response.output_audio.delta", **OF_ANSWER, field: value})


def test_a_service_that_lets_nobody_in_any_more_ends_the_session() -> None:
    for event in (
        {"type": "error", "error": {"code": "insufficient_quota"}},
        {"type": "error", "error": "insufficient_quota"},
        {"type": "error", "code": "x", "error": {"type": "insufficient_quota", "code": None}},
        _done("failed", {"error": {"code": "insufficient_quota"}}),
        _done("failed", "insufficient_quota"),
    ):
        lost = a_reader().read(event)[-1]
        assert isinstance(lost, ModelLost), event
        assert lost.is_final


def test_whoever_refuses_to_give_a_sign_of_life_has_given_one() -> None:
    event = {"type": "error", "error": {"code": "invalid_value", "event_id": "probe_1"}}
    assert a_reader().read(event) == [ModelReady()]
