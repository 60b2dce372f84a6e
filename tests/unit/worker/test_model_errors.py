from __future__ import annotations

from typing import Any

import pytest
from livekit.agents import APIConnectionError, APIError, APIStatusError
from openai.types.realtime import RealtimeError

from shared.call_state import EndReason
from worker.adapters.model_errors import is_rate_limit, lost, told_wait_s
from worker.ports import ModelLost

_DOWN, _QUOTA, _AUTH = EndReason.PROVIDER_DOWN, EndReason.PROVIDER_QUOTA, EndReason.PROVIDER_AUTH


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (401, {}, ModelLost(_AUTH, "http_401", is_final=True)),
        (401, {"code": "invalid_api_key"}, ModelLost(_AUTH, "invalid_api_key", is_final=True)),
        (403, {}, ModelLost(_AUTH, "http_403", is_final=True)),
        (402, {}, ModelLost(_QUOTA, "http_402", is_final=True)),
        (429, {"code": "insufficient_quota"}, ModelLost(_QUOTA, "insufficient_quota", is_final=True)),
        (429, {"code": "x", "type": "insufficient_quota"}, ModelLost(_QUOTA, "insufficient_quota", is_final=True)),
        (429, {"code": "rate_limit_exceeded"}, ModelLost(_QUOTA, "http_429 rate_limit_exceeded")),
        (429, {"retry_after_s": 5.0}, ModelLost(_QUOTA, "http_429", retry_after_s=5.0)),
        (503, {}, ModelLost(_DOWN, "http_503")),
        (503, {"retry_after_s": 2.0}, ModelLost(_DOWN, "http_503", retry_after_s=2.0)),
        (404, {"code": "model_not_found"}, ModelLost(_DOWN, "http_404 model_not_found", is_final=True)),
    ],
)
def test_a_refused_handshake(status: int, body: dict[str, Any], expected: ModelLost) -> None:
    assert lost(APIStatusError("refused", status_code=status, body=body, retryable=False)) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("insufficient_quota", ModelLost(_QUOTA, "insufficient_quota", is_final=True)),
        ("account_deactivated", ModelLost(_AUTH, "account_deactivated", is_final=True)),
        ("server_error", ModelLost(_DOWN, "server_error")),
    ],
)
def test_an_error_of_an_open_session(code: str, expected: ModelLost) -> None:
    assert lost(APIError("x", body=RealtimeError(code=code, type="error", message="words"))) == expected


def test_a_connection_that_broke_is_told_by_how_it_did() -> None:
    assert lost(APIConnectionError("closed"), "closed_1011") == ModelLost(_DOWN, "closed_1011")


def test_what_nobody_foresaw_is_the_providers_outage() -> None:
    assert lost(RuntimeError("x")) == ModelLost(_DOWN, "RuntimeError")


@pytest.mark.parametrize(
    ("header", "message", "wait_s"),
    [
        ("5", None, 5.0),
        (None, "Rate limit reached. Please try again in 1s.", 1.0),
        (None, "Please try again in 1.25s. Visit", 1.25),
        (None, "Please try again in 250ms.", 0.25),
        (None, "try again in 1m2s", 60.0),
        (None, "try again in 2 minutes", None),
        ("999999", None, 60.0),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None, None),
        (None, "Something else happened.", None),
        (None, 7, None),
    ],
)
def test_how_long_to_wait(header: str | None, message: object, wait_s: float | None) -> None:
    assert told_wait_s(header, message) == wait_s


def test_rate_limits_have_several_names() -> None:
    assert is_rate_limit("rate_limit_exceeded")
    assert is_rate_limit("inference_rate_limit_exceeded")
    assert not is_rate_limit("insufficient_quota")
    assert not is_rate_limit(None)
