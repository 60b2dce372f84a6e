from __future__ import annotations

import json

import pytest

from control_api.http_errors import PHRASES, STATUS, Phrases, error_response
from control_api.voices import REALTIME_VOICES, VOICES, effective_model, effective_voice
from shared.errors import ErrorKind, Errors, VoiceError

ALL_KINDS = [kind for kind in vars(Errors).values() if isinstance(kind, ErrorKind)]


@pytest.mark.parametrize("kind", ALL_KINDS, ids=lambda kind: kind.code)
def test_every_error_has_a_status_and_a_body(kind: ErrorKind) -> None:
    response = error_response(VoiceError(kind, "A sentence.", extra=1), request_id="req-1")
    assert response.status_code == STATUS[kind]
    body = json.loads(bytes(response.body))
    if STATUS[kind] == 401:
        assert body == {"error": "Unauthorized"}
        return
    assert body == {
        "error": PHRASES[STATUS[kind]],
        "message": "A sentence.",
        "details": {"code": kind.code, "requestId": "req-1", "extra": 1},
    }
    assert ("retry-after" in response.headers) is kind.retryable


def test_an_endpoints_own_phrase_comes_first() -> None:
    error = VoiceError(Errors.ROOM_TAKEN, "x")
    phrases: Phrases = {Errors.ROOM_TAKEN: "by kind", 409: "by status"}
    assert b"by kind" in bytes(error_response(error, request_id="", phrases=phrases).body)
    other = VoiceError(Errors.TOO_MANY_CALLS, "x")
    assert b"by status" in bytes(error_response(other, request_id="", phrases=phrases).body)


def test_every_voice_that_is_taken_is_one_that_exists() -> None:
    assert {effective_voice(voice) for voice in VOICES} == set(REALTIME_VOICES)
    assert {"alloy", "echo", "fable", "onyx", "nova", "shimmer"} <= set(VOICES)


def test_models_that_are_no_longer_served() -> None:
    assert effective_model("gpt-4o-realtime-preview-2024-12-17") == "gpt-realtime-2.1"
    assert effective_model("gpt-4o-mini-realtime-preview") == "gpt-realtime-2.1-mini"
    for old in ("gpt-realtime", "gpt-realtime-2025-08-28"):
        assert effective_model(old) == "gpt-realtime-2.1"
    for old in ("gpt-realtime-mini", "gpt-realtime-mini-2025-10-06", "gpt-realtime-mini-2025-12-15", "gpt-audio-mini"):
        assert effective_model(old) == "gpt-realtime-2.1-mini"
    for now in ("gpt-realtime-2", "gpt-realtime-2.1", "gpt-realtime-2.1-mini", "gpt-realtime-1.5", "my-2025-08-28"):
        assert effective_model(now) == now
    assert effective_model(None) == ""
