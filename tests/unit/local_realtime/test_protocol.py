"""Parsing what clients send, checking what the server sends, and the records of it."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.local_realtime.error_codes import error_for_status, service_error
from scripts.local_realtime.protocol import (
    AudioDeltaFrames,
    ClientEventError,
    client_event_adapters,
    parse_client_event,
)
from scripts.local_realtime.stats import SessionRecord
from scripts.local_realtime.validation import WireFormatError, check_frame, server_event_adapters


@given(st.one_of(st.text(), st.recursive(st.none() | st.integers() | st.text(), st.lists).map(json.dumps)))
def test_nonsense_is_refused_and_never_crashes(text: str) -> None:
    with pytest.raises(ClientEventError):
        parse_client_event(text)


@given(
    st.sampled_from(sorted(client_event_adapters())),
    st.dictionaries(
        st.sampled_from(["session", "item", "audio", "item_id", "response", "event_id", "content_index"]),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=5),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
            max_leaves=6,
        ),
    ),
)
def test_half_right_events_are_parsed_or_refused(kind: str, fields: dict[str, object]) -> None:
    # anything else than a refusal fails the test
    with contextlib.suppress(ClientEventError):
        assert parse_client_event(json.dumps({**fields, "type": kind})).type == kind


def test_the_sdk_s_events_are_all_known() -> None:
    assert len(client_event_adapters()) == 11
    assert "response.output_audio.delta" in server_event_adapters()


def test_a_ready_frame_is_a_valid_event() -> None:
    frame = AudioDeltaFrames("resp_1", "item_1", 0).frame("event_1", "AAAA")
    check_frame(frame)
    assert json.loads(frame)["delta"] == "AAAA"


@pytest.mark.parametrize(
    "event",
    [
        {"type": "no.such.event"},
        {"type": "input_audio_buffer.cleared"},
        {"type": "input_audio_buffer.cleared", "event_id": 1},
        {"type": "input_audio_buffer.cleared", "event_id": "e", "extra": 1},
        {"type": "response.done", "event_id": "e", "response": {"status": "finished"}},
    ],
)
def test_wrong_frames_are_found(event: dict[str, object]) -> None:
    with pytest.raises(WireFormatError):
        check_frame(json.dumps(event))


def test_errors_of_the_service() -> None:
    assert service_error("insufficient_quota").type == "insufficient_quota"
    assert service_error("odd", message="Odd.") == ("server_error", "odd", "Odd.")
    assert error_for_status(429).code == "rate_limit_exceeded"
    assert error_for_status(503).code == "server_error"


def test_the_peak_is_the_most_audio_in_any_second() -> None:
    record = SessionRecord("sess_1", 1, "m", 0.0)
    for at in range(20):
        record.audio_received(100, at * 0.1)
    assert record.summary(2.0)["peakAudioMsPerSecond"] == 1000
    for _ in range(15):
        record.audio_received(100, 10.0)
    summary = record.summary(11.0)
    assert summary["peakAudioMsPerSecond"] == 1500
    assert summary["audioReceivedMs"] == 3500
