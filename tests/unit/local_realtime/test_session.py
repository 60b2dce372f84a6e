"""Whole calls against the protocol core: no socket, no clock."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from scripts.local_realtime.events import frame_text
from scripts.local_realtime.protocol import ClientEventError, parse_client_event
from scripts.local_realtime.response import Response
from scripts.local_realtime.session import Session
from scripts.local_realtime.turns import WINDOW_MS
from scripts.local_realtime.validation import check_frame
from scripts.local_realtime.work import Answer, DropGuess, Guess, Listen, Transcribe, Work

BYTES_PER_MS = 48


class Caller:
    """Plays the client and the shell. Every frame that the session sends is checked against the SDK."""

    def __init__(self) -> None:
        self.session = Session("sess_test", "gpt-realtime", 0)
        self.work: list[Work] = []
        self.all: list[dict[str, Any]] = []
        self.session.open()
        self.take()

    def send(self, kind: str, **fields: Any) -> list[dict[str, Any]]:
        try:
            event = parse_client_event(json.dumps({"type": kind, **fields}))
        except ClientEventError as error:
            self.session.refuse(error)
        else:
            self.session.receive(event)
        return self.take()

    def hear(self, length_ms: int, probability: float) -> list[dict[str, Any]]:
        """Audio of that length, judged as the speech detector would judge it."""
        for _ in range(length_ms // WINDOW_MS):
            chunk = base64.b64encode(bytes(WINDOW_MS * BYTES_PER_MS)).decode()
            self.session.receive(parse_client_event(json.dumps({"type": "input_audio_buffer.append", "audio": chunk})))
            self.session.hear(probability)
        return self.take()

    def say(self, text: str = "hello") -> list[dict[str, Any]]:
        """A turn of a second, and its transcript."""
        before = len(self.all)
        self.hear(1024, 0.9)
        self.hear(640, 0.1)
        item_id = self.last(Transcribe).item_id
        self.session.transcribed(item_id, text)
        self.take()
        return self.all[before:]

    def take(self) -> list[dict[str, Any]]:
        frames = [frame_text(frame) for frame in self.session.take_frames()]
        for frame in frames:
            check_frame(frame)
        self.work += [work for work in self.session.take_work() if not isinstance(work, Listen)]
        events = [json.loads(frame) for frame in frames]
        self.all += events
        return events

    def last(self, kind: type[Any]) -> Any:
        return next(work for work in reversed(self.work) if isinstance(work, kind))

    def response(self) -> Response:
        return self.session.responses[self.last(Answer).response_id]

    def answer(self, text: str = "good day", audio_ms: int = 1000) -> list[dict[str, Any]]:
        """A whole answer of a few deltas."""
        before = len(self.all)
        self.begin_answer(text, audio_ms)
        self.response().close_message()
        self.session.finish(self.last(Answer).response_id, "completed")
        self.take()
        return self.all[before:]

    def begin_answer(self, text: str = "good day", audio_ms: int = 1000) -> str:
        response = self.response()
        item_id = self.session.new_id("item")
        response.open_message(item_id)
        response.say(text)
        clip = bytes(audio_ms * BYTES_PER_MS)
        for at_ms in range(0, audio_ms, 200):
            piece = clip[at_ms * BYTES_PER_MS : (at_ms + 200) * BYTES_PER_MS]
            response.play(base64.b64encode(piece).decode(), len(piece) / BYTES_PER_MS, clip)
        self.take()
        return item_id


def kinds(events: list[dict[str, Any]]) -> list[str]:
    return [event["type"] for event in events]


@pytest.fixture
def caller() -> Caller:
    return Caller()


def set_turn_detection(caller: Caller, value: dict[str, Any] | None) -> None:
    session = {"type": "realtime", "audio": {"input": {"turn_detection": value}}}
    assert kinds(caller.send("session.update", session=session)) == ["session.updated"]


def test_a_session_begins_with_its_settings(caller: Caller) -> None:
    created = caller.all[0]
    assert created["type"] == "session.created"
    assert created["session"]["audio"]["input"]["turn_detection"]["type"] == "server_vad"
    assert created["session"]["model"] == "gpt-realtime"


def test_an_update_changes_only_what_it_names(caller: Caller) -> None:
    [event] = caller.send(
        "session.update",
        session={"type": "realtime", "instructions": "Be brief.", "audio": {"output": {"voice": "marin"}}},
    )
    session = event["session"]
    assert session["instructions"] == "Be brief."
    assert session["audio"]["output"] == {
        "format": {"type": "audio/pcm", "rate": 24000},
        "voice": "marin",
        "speed": 1.0,
    }
    assert session["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 500


def test_a_turn_is_announced_committed_and_answered(caller: Caller) -> None:
    events = caller.say()
    assert kinds(events) == [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "response.created",
        "rate_limits.updated",
    ]
    assert len({event["item_id"] for event in events[:3]}) == 1
    assert events[0]["audio_start_ms"] == 0
    assert 1024 + 500 <= events[1]["audio_end_ms"] < 1024 + 500 + WINDOW_MS


def test_an_answer_has_all_events_in_the_order_of_the_service(caller: Caller) -> None:
    caller.say()
    events = caller.answer(audio_ms=400)
    assert kinds(events) == [
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_audio_transcript.delta",
        "response.output_audio.delta",
        "response.output_audio.delta",
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "conversation.item.done",
        "response.output_item.done",
        "response.done",
    ]
    response = events[-1]["response"]
    assert response["status"] == "completed"
    assert response["output"][0]["content"] == [{"type": "output_audio", "transcript": "good day"}]
    assert response["usage"]["output_token_details"]["audio_tokens"] == 400 // 50


def test_the_pause_before_the_end_is_a_chance_to_guess(caller: Caller) -> None:
    caller.hear(640, 0.9)
    caller.hear(256, 0.1)
    assert isinstance(caller.work[-1], Guess)
    caller.hear(320, 0.9)
    assert isinstance(caller.work[-1], DropGuess)
    caller.hear(256, 0.1)
    assert isinstance(caller.work[-1], Guess)
    caller.hear(320, 0.1)
    assert isinstance(caller.last(Transcribe), Transcribe)


def test_the_turn_s_audio_is_the_speech_with_its_padding(caller: Caller) -> None:
    caller.hear(3200, 0.0)
    caller.hear(960, 0.9)
    caller.hear(640, 0.0)
    started = next(e for e in caller.all if e["type"] == "input_audio_buffer.speech_started")
    stopped = next(e for e in caller.all if e["type"] == "input_audio_buffer.speech_stopped")
    assert started["audio_start_ms"] == 3200 - 300
    length_ms = len(caller.last(Transcribe).audio) / BYTES_PER_MS
    assert length_ms == pytest.approx(stopped["audio_end_ms"] - started["audio_start_ms"], abs=1)


def test_transcripts_are_sent_only_when_asked_for(caller: Caller) -> None:
    assert "conversation.item.input_audio_transcription.completed" not in kinds(caller.say())
    caller.session.finish(caller.last(Answer).response_id, "completed")
    update = {"type": "realtime", "audio": {"input": {"transcription": {"model": "whisper-1"}}}}
    caller.send("session.update", session=update)
    events = caller.say("where is it")
    deltas = [e["delta"] for e in events if e["type"].endswith("transcription.delta")]
    assert "".join(deltas) == "where is it"
    assert events[-1]["transcript"] == "where is it"
    assert events[-1]["usage"]["type"] == "duration"


def test_speech_during_an_answer_cancels_it(caller: Caller) -> None:
    caller.say()
    item_id = caller.begin_answer(audio_ms=400)
    events = caller.hear(96, 0.9)
    assert events[0]["type"] == "input_audio_buffer.speech_started"
    done = events[-1]
    assert done["type"] == "response.done"
    assert done["response"]["status"] == "cancelled"
    assert done["response"]["status_details"] == {"type": "cancelled", "reason": "turn_detected"}
    assert done["response"]["output"][0]["status"] == "incomplete"
    assert caller.session.active_response is None
    assert caller.session.conversation.retrieve(item_id).audio_ms == 400


def test_speech_during_an_answer_leaves_it_when_interruption_is_off(caller: Caller) -> None:
    set_turn_detection(caller, {"type": "server_vad", "interrupt_response": False})
    caller.say()
    caller.begin_answer()
    events = [*caller.hear(320, 0.9), *caller.hear(640, 0.0)]
    assert "response.done" not in kinds(events)
    refused = next(e for e in events if e["type"] == "error")
    assert refused["error"]["code"] == "conversation_already_has_active_response"


def test_no_response_is_created_when_that_is_off(caller: Caller) -> None:
    set_turn_detection(caller, {"type": "server_vad", "create_response": False})
    assert "response.created" not in kinds(caller.say())
    assert "response.created" in kinds(caller.send("response.create"))
    assert caller.last(Answer).turn == 1


def test_semantic_vad_is_taken_as_server_vad(caller: Caller) -> None:
    set_turn_detection(caller, {"type": "semantic_vad", "eagerness": "high"})
    assert "response.created" in kinds(caller.say())


def test_thresholds_and_silence_are_those_of_the_session(caller: Caller) -> None:
    detection = {"type": "server_vad", "threshold": 0.8, "silence_duration_ms": 1000, "prefix_padding_ms": 0}
    set_turn_detection(caller, detection)
    assert caller.hear(640, 0.7) == []
    [started] = caller.hear(640, 0.9)
    assert started["audio_start_ms"] == 640
    assert caller.hear(960, 0.1) == []
    assert "input_audio_buffer.speech_stopped" in kinds(caller.hear(64, 0.1))


def test_manual_turns(caller: Caller) -> None:
    set_turn_detection(caller, None)
    caller.hear(320, 0.9)
    assert caller.work == []
    events = caller.send("input_audio_buffer.commit")
    assert kinds(events) == ["input_audio_buffer.committed", "conversation.item.added", "conversation.item.done"]
    assert len(caller.last(Transcribe).audio) == 320 * BYTES_PER_MS
    assert kinds(caller.send("response.create"))[0] == "response.created"
    assert caller.last(Answer).item_id == events[0]["item_id"]


def test_a_commit_of_nothing_is_an_error(caller: Caller) -> None:
    [event] = caller.send("input_audio_buffer.commit", event_id="mine")
    assert event["error"]["code"] == "input_audio_buffer_commit_empty"
    assert event["error"]["event_id"] == "mine"


def test_clear_drops_the_speech_that_is_going_on(caller: Caller) -> None:
    caller.hear(640, 0.9)
    assert kinds(caller.send("input_audio_buffer.clear")) == ["input_audio_buffer.cleared"]
    assert caller.hear(960, 0.0) == []
    assert "input_audio_buffer.committed" in kinds(caller.say())


def test_items_can_be_made_placed_retrieved_and_deleted(caller: Caller) -> None:
    for name in ("a", "b"):
        message = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": name}]}
        events = caller.send("conversation.item.create", item={**message, "id": f"item_{name}"})
        assert kinds(events) == ["conversation.item.added", "conversation.item.done"]
    between = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "c"}]}
    added, _ = caller.send("conversation.item.create", item={**between, "id": "item_c"}, previous_item_id="item_a")
    assert added["previous_item_id"] == "item_a"
    first, _ = caller.send("conversation.item.create", item={**between, "id": "item_d"}, previous_item_id="root")
    assert first["previous_item_id"] is None
    assert [item.id for item in caller.session.conversation.items] == ["item_d", "item_a", "item_c", "item_b"]
    [retrieved] = caller.send("conversation.item.retrieve", item_id="item_c")
    assert retrieved["item"]["content"][0]["text"] == "c"
    assert kinds(caller.send("conversation.item.delete", item_id="item_c")) == ["conversation.item.deleted"]
    [error] = caller.send("conversation.item.retrieve", item_id="item_c")
    assert error["error"]["code"] == "item_retrieve_invalid_item_id"


@pytest.mark.parametrize(
    ("kind", "fields", "code"),
    [
        ("conversation.item.delete", {"item_id": "nope"}, "item_delete_invalid_item_id"),
        (
            "conversation.item.truncate",
            {"item_id": "nope", "content_index": 0, "audio_end_ms": 0},
            "item_truncate_invalid_item_id",
        ),
        (
            "conversation.item.create",
            {"item": {"type": "message", "role": "user", "content": []}, "previous_item_id": "nope"},
            "item_create_invalid_previous_item_id",
        ),
        ("response.cancel", {}, "response_cancel_not_active"),
        ("input_audio_buffer.append", {"audio": "###"}, "invalid_value"),
        ("input_audio_buffer.append", {}, "missing_required_parameter"),
        ("output_audio_buffer.clear", {}, "invalid_value"),
        ("session.destroy", {}, "invalid_value"),
        ("session.update", {"session": {"type": "realtime", "modalities": ["audio"]}}, "unknown_parameter"),
        ("session.update", {"session": {"type": "realtime", "audio": {"output": {"voice": "nova"}}}}, "invalid_value"),
        ("session.update", {"session": {"type": "transcription"}}, "invalid_value"),
        ("response.create", {"response": {"output_modalities": ["text", "audio"]}}, "invalid_value"),
    ],
)
def test_what_is_refused_gets_an_error_and_the_session_goes_on(
    caller: Caller, kind: str, fields: dict[str, Any], code: str
) -> None:
    [event] = caller.send(kind, event_id="mine", **fields)
    assert event["type"] == "error"
    assert event["error"]["code"] == code
    assert event["error"]["event_id"] == "mine"
    assert "response.created" in kinds(caller.say())


def test_a_duplicate_item_is_refused(caller: Caller) -> None:
    item = {"id": "item_a", "type": "message", "role": "system", "content": [{"type": "input_text", "text": "x"}]}
    caller.send("conversation.item.create", item=item)
    [event] = caller.send("conversation.item.create", item=item)
    assert event["error"]["code"] == "item_create_duplicate_item_id"


def test_truncation_cuts_the_audio_and_drops_the_transcript(caller: Caller) -> None:
    caller.say()
    done = caller.answer("a long answer", audio_ms=1000)[-1]
    item_id = done["response"]["output"][0]["id"]
    [event] = caller.send("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=300)
    assert event["audio_end_ms"] == 300
    [retrieved] = caller.send("conversation.item.retrieve", item_id=item_id)
    [part] = retrieved["item"]["content"]
    assert part["transcript"] == ""
    assert len(base64.b64decode(part["audio"])) == 300 * BYTES_PER_MS


def test_truncation_beyond_the_audio_is_an_error(caller: Caller) -> None:
    caller.say()
    item_id = caller.answer(audio_ms=1000)[-1]["response"]["output"][0]["id"]
    [event] = caller.send("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=1001)
    assert event["error"]["message"] == "Audio content of 1000ms is already shorter than 1001ms"


def test_only_answers_can_be_truncated(caller: Caller) -> None:
    item_id = caller.say()[0]["item_id"]
    [event] = caller.send("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=0)
    assert event["error"]["message"] == "Only model output audio messages can be truncated"


def test_an_answer_truncated_while_it_is_sent_stays_truncated(caller: Caller) -> None:
    caller.say()
    item_id = caller.begin_answer(audio_ms=600)
    caller.send("conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=200)
    caller.response().say(" and more")
    caller.session.finish(caller.last(Answer).response_id, "completed")
    item = caller.session.conversation.retrieve(item_id)
    assert (item.audio_ms, item.text) == (200, "")


def test_only_one_response_at_a_time(caller: Caller) -> None:
    caller.say()
    [event] = caller.send("response.create")
    assert event["error"]["code"] == "conversation_already_has_active_response"
    assert caller.response().id in event["error"]["message"]


def test_a_response_can_be_cancelled(caller: Caller) -> None:
    caller.say()
    caller.begin_answer()
    events = caller.send("response.cancel")
    details = events[-1]["response"]["status_details"]
    assert details == {"type": "cancelled", "reason": "client_cancelled"}
    caller.session.finish(caller.last(Answer).response_id, "completed")
    assert caller.take() == []


def test_a_response_out_of_band_leaves_the_conversation_alone(caller: Caller) -> None:
    caller.say()
    events = caller.send(
        "response.create",
        response={"conversation": "none", "output_modalities": ["text"], "metadata": {"topic": "x"}, "input": []},
    )
    assert events[0]["response"]["conversation_id"] is None
    before = len(caller.session.conversation.items)
    response = caller.response()
    response.open_message(caller.session.new_id("item"))
    response.say("a note")
    caller.session.finish(response.id, "completed")
    events = caller.take()
    assert "conversation.item.added" not in kinds(events)
    assert {"response.output_text.delta", "response.output_text.done"} <= set(kinds(events))
    assert events[-1]["response"]["metadata"] == {"topic": "x"}
    assert len(caller.session.conversation.items) == before
    assert caller.session.active_response is not None


def test_a_function_call(caller: Caller) -> None:
    caller.say()
    caller.response().call("item_call", "call_1", "end_call", '{"reason":"done"}')
    caller.session.finish(caller.last(Answer).response_id, "completed")
    events = caller.take()
    deltas = [e["delta"] for e in events if e["type"] == "response.function_call_arguments.delta"]
    assert "".join(deltas) == '{"reason":"done"}'
    [output] = events[-1]["response"]["output"]
    assert (output["name"], output["arguments"], output["status"]) == ("end_call", '{"reason":"done"}', "completed")
    result = {"type": "function_call_output", "call_id": "call_1", "output": "ok"}
    assert kinds(caller.send("conversation.item.create", item=result))[0] == "conversation.item.added"
    caller.send("response.create")
    assert caller.last(Answer).turn is None


def test_a_failed_response_says_why(caller: Caller) -> None:
    caller.say()
    caller.session.fail(caller.last(Answer).response_id, "insufficient_quota", "insufficient_quota", "No money.")
    done = caller.take()[-1]["response"]
    assert done["status"] == "failed"
    assert done["status_details"]["error"]["code"] == "insufficient_quota"


def test_the_voice_is_fixed_once_the_model_has_spoken(caller: Caller) -> None:
    caller.say()
    caller.answer()
    update = {"type": "realtime", "audio": {"output": {"voice": "marin"}}}
    [event] = caller.send("session.update", session=update)
    assert event["error"]["code"] == "cannot_update_voice"


def test_a_written_message_is_a_turn_when_a_response_is_asked_for(caller: Caller) -> None:
    message = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]}
    caller.send("conversation.item.create", item=message)
    caller.send("response.create")
    assert caller.last(Answer).turn == 1
    caller.answer()
    caller.send("response.create")
    assert caller.last(Answer).turn is None


def test_a_withheld_response_never_begins(caller: Caller) -> None:
    caller.session.withholds = lambda turn: turn == 1
    assert "response.created" not in kinds(caller.say())
    assert "response.created" in kinds(caller.say())
