"""The guard that holds the other tests' answers to the document does refuse what is not documented."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.documented import published

PATH = "/api/voice/session"
HEADERS = {"X-Request-Id": "request-1"}


def check(status: int, body: Any, *, method: str = "DELETE", headers: dict[str, str] = HEADERS) -> None:
    published().check(method, PATH, status, headers, json.dumps(body).encode())


def error(phrase: str, code: str) -> dict[str, Any]:
    return {"error": phrase, "message": "x", "details": {"code": code, "requestId": "request-1"}}


def test_what_is_documented_passes() -> None:
    check(200, {"success": True, "message": "x", "duration": 1})
    check(404, error("Session not found", "not_found"))
    check(401, {"error": "Unauthorized"})


@pytest.mark.parametrize(
    ("status", "body", "why"),
    [
        (409, error("Conflict", "room_taken"), "does not declare"),
        (404, error("Not here", "not_found"), "Not here"),
        (404, error("Session not found", "room_taken"), "room_taken"),
        (401, {"error": "Unauthorized", "message": "x"}, "message"),
        (200, {"success": True, "message": "x"}, "duration"),
        (200, {"success": True, "message": "x", "duration": "1"}, "duration"),
    ],
)
def test_what_is_not_documented_does_not(status: int, body: Any, why: str) -> None:
    with pytest.raises(AssertionError, match=why):
        check(status, body)


def test_a_missing_header() -> None:
    with pytest.raises(AssertionError, match="X-Request-Id"):
        check(200, {"success": True, "message": "x", "duration": 1}, headers={})
