"""The headers of requests and answers, as data."""

from __future__ import annotations

from typing import Any

from control_api.openapi.facts import has_pages, is_limited, takes_idempotency_key
from control_api.routes.registry import Operation

HEADERS: dict[str, dict[str, Any]] = {
    "X-Request-Id": {
        "description": "Names this request in our logs. The client's own is kept when it is 8 to 64 of the characters "
        "`A-Z a-z 0-9 _ . -`.",
        "required": True,
        "schema": {"type": "string"},
        "example": "0198c0de-7a31-7cc1-8d52-3f6f4f1c9a10",
    },
    "X-RateLimit-Limit": {
        "description": "How many requests of this kind the window allows.",
        "schema": {"type": "integer"},
        "example": 10,
    },
    "X-RateLimit-Remaining": {
        "description": "How many of them are left.",
        "schema": {"type": "integer"},
        "example": 7,
    },
    "X-RateLimit-Reset": {
        "description": "When the window is empty again, in seconds since 1970 UTC.",
        "schema": {"type": "integer"},
        "example": 1640995200,
    },
    "Retry-After": {
        "description": "After how many seconds it is worth trying again. Only with errors that can pass.",
        "schema": {"type": "integer"},
        "example": 3600,
    },
    "Idempotent-Replayed": {
        "description": "`true` when this is the answer of an earlier request with the same `Idempotency-Key`.",
        "schema": {"type": "string", "enum": ["true"]},
        "example": "true",
    },
    "X-Ignored-Fields": {
        "description": "The keys of the body, or the query parameters, that are not known and were ignored.",
        "schema": {"type": "string"},
        "example": "colour, shape",
    },
    "Link": {
        "description": "Of a list: where the next page is and the one before, by `rel`, as far as there are such.",
        "schema": {"type": "string"},
        "example": '</api/voice/session?limit=10&offset=10>; rel="next"',
    },
}
_LIMIT = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")

IDEMPOTENCY_KEY: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "Any unique visible ASCII text, best a UUID. The same request with the same key within 24 hours "
    "is carried out once and answered alike, with a token that is signed afresh. Without a key, a "
    "repeated request is a new one.",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    "example": "6f1c2f0e-52a5-4a1f-9d0c-0a4c2f6f1b77",
    "x-addition": True,
}


def parameters(operation: Operation) -> list[dict[str, Any]]:
    return [{"$ref": "#/components/parameters/IdempotencyKey"}] if takes_idempotency_key(operation) else []


def of_answer(operation: Operation) -> dict[str, Any]:
    takes_fields = operation.body is not None or operation.query is not None
    replayed = ["Idempotent-Replayed"] if takes_idempotency_key(operation) else []
    own = [*(["X-Ignored-Fields"] if takes_fields else []), *(["Link"] if has_pages(operation) else []), *replayed]
    return _refs("X-Request-Id", *_limit(operation), *own)


def of_error(operation: Operation, *, is_retryable: bool) -> dict[str, Any]:
    return _refs("X-Request-Id", *_limit(operation), *(["Retry-After"] if is_retryable else []))


def _limit(operation: Operation) -> tuple[str, ...]:
    return _LIMIT if is_limited(operation) else ()


def _refs(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
