"""The bodies of errors, as schemas."""

from __future__ import annotations

from typing import Any

from control_api.http_errors import PHRASES
from shared.errors import Errors, every_kind

REQUEST_ID = "0198c0de-7a31-7cc1-8d52-3f6f4f1c9a10"

_DETAILS: dict[str, Any] = {
    "type": "object",
    "description": "Machine-readable; more keys depend on the code.",
    "required": ["code", "requestId"],
    "properties": {
        "code": {"$ref": "#/components/schemas/ErrorCode", "x-addition": True},
        "requestId": {"type": "string", "description": "As in `X-Request-Id`.", "x-addition": True},
        "field": {"type": "string", "description": "The field that is at fault.", "x-addition": True},
        "problems": {
            "type": "array",
            "description": "All that is wrong with the request.",
            "items": {
                "type": "object",
                "required": ["field", "problem"],
                "properties": {"field": {"type": "string"}, "problem": {"type": "string"}},
            },
            "x-addition": True,
        },
    },
}


def error_schemas(internal_codes: frozenset[str]) -> dict[str, dict[str, Any]]:
    """`internal_codes`: those that no public operation answers."""
    codes = [kind.code for kind in every_kind() if kind.code not in internal_codes]
    return {
        "ErrorCode": {"type": "string", "description": "Stable: what a program decides by.", "enum": codes},
        "ErrorDetails": _DETAILS,
        "ErrorBody": {
            "type": "object",
            "required": ["error", "message", "details"],
            "properties": {
                "error": {"type": "string", "description": "The contract's words for this endpoint and status."},
                "message": {"type": "string", "description": "A sentence for people."},
                "details": {"$ref": "#/components/schemas/ErrorDetails"},
            },
        },
        "UnauthorizedBody": {
            "type": "object",
            "required": ["error"],
            "properties": {"error": {"type": "string", "const": PHRASES[401]}},
            "additionalProperties": False,
        },
        "RateLimitedBody": {
            "type": "object",
            "required": ["error", "message", "retryAfter", "limit", "remaining", "reset", "details"],
            "properties": {
                "error": {"type": "string", "const": PHRASES[429]},
                "message": {"type": "string"},
                "retryAfter": {"type": "integer", "description": "Seconds, as in `Retry-After`."},
                "limit": {"type": "integer"},
                "remaining": {"type": "integer"},
                "reset": {"type": "integer", "description": "Seconds since 1970 UTC."},
                "details": {"$ref": "#/components/schemas/ErrorDetails", "x-addition": True},
            },
            "additionalProperties": False,
        },
    }


UNAUTHORIZED_EXAMPLE = {"error": "Unauthorized"}
RATE_LIMITED_EXAMPLE: dict[str, Any] = {
    "error": "Too many requests",
    "message": "Please try again later",
    "retryAfter": 3600,
    "limit": 10,
    "remaining": 0,
    "reset": 1640995200,
    "details": {"code": Errors.RATE_LIMITED.code, "requestId": REQUEST_ID},
}
