"""Errors as HTTP: the one place that knows which code has which status, and what the body looks like.

``{"error", "message", "details": {"code", "requestId", ...}}``. `error` is the phrase that the contract has for this
endpoint and status; where the contract lists the status for another cause only, it is the contract's general phrase.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from control_api.rate_answers import too_many_requests
from control_api.services.rate_ticket import RateLimited
from shared.errors import ErrorKind, Errors, VoiceError

STATUS: dict[ErrorKind, int] = {
    Errors.INVALID_REQUEST: 400,
    Errors.INVALID_JSON: 400,
    Errors.UNAUTHORIZED: 401,
    Errors.FORBIDDEN: 403,
    Errors.NOT_FOUND: 404,
    Errors.METHOD_NOT_ALLOWED: 405,
    Errors.REQUEST_TOO_SLOW: 408,
    Errors.ROOM_TAKEN: 409,
    Errors.TOO_MANY_CALLS: 409,
    Errors.STATE_CONFLICT: 409,
    Errors.IDEMPOTENCY_KEY_REUSED: 409,
    Errors.CALL_NOT_CONNECTED: 400,
    Errors.ANOTHER_ROOM_TYPE: 409,
    Errors.RECORDING_IN_PROGRESS: 409,
    Errors.OUTPUT_PATH_TAKEN: 409,
    Errors.CLAIM_LOST: 409,
    Errors.BODY_TOO_LARGE: 413,
    Errors.URL_TOO_LONG: 414,
    Errors.UNSUPPORTED_MEDIA_TYPE: 415,
    Errors.RATE_LIMITED: 429,
    Errors.HEADERS_TOO_LARGE: 431,
    Errors.INTERNAL: 500,
    Errors.LIVEKIT_NOT_CONFIGURED: 503,
    Errors.LIVEKIT_UNREACHABLE: 503,
    Errors.NO_FREE_SLOT: 503,
    Errors.TOO_MANY_CONNECTIONS: 503,
    Errors.AGENT_NOT_READY: 503,
    Errors.RECORDING_NOT_CONFIGURED: 503,
    Errors.RECORDING_UNAVAILABLE: 503,
    Errors.SIGN_IN_UNAVAILABLE: 503,
}
PHRASES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    409: "Conflict",
    413: "Payload Too Large",
    414: "URI Too Long",
    415: "Unsupported Media Type",
    429: "Too many requests",
    431: "Request Header Fields Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
Phrases = Mapping[ErrorKind | int, str]
"""What an endpoint calls its errors, by kind or by status."""
RETRY_AFTER_S = 5
UNAUTHORIZED_BODY = b'{"error":"Unauthorized"}'


class JsonResponse(Response):
    """A JSON body as bytes or as a value."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        if isinstance(content, bytes):
            return content
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def error_response(error: VoiceError, *, request_id: str, phrases: Phrases | None = None) -> Response:
    """`phrases`: those of the endpoint, by error kind or by status."""
    status = STATUS[error.kind]
    if error.kind is Errors.UNAUTHORIZED:
        return JsonResponse(UNAUTHORIZED_BODY, status, headers={"WWW-Authenticate": "Bearer"})
    if isinstance(error, RateLimited):
        # Retry-After comes with the other headers of the limit (`middleware.rate_limit`).
        return JsonResponse(too_many_requests(error.verdict, request_id), status)
    own = phrases or {}
    body = {
        "error": own.get(error.kind) or own.get(status) or PHRASES[status],
        "message": error.message,
        "details": {"code": error.kind.code, "requestId": request_id} | error.details,
    }
    headers = {"Retry-After": str(RETRY_AFTER_S)} if error.kind.retryable else None
    return JsonResponse(body, status, headers=headers)


def http_exception(status: int) -> VoiceError:
    """What the router itself raises (no such path, no such method) as an error of ours."""
    if status == 405:
        return VoiceError(Errors.METHOD_NOT_ALLOWED, "This path does not know this method.")
    if status == 404:
        return VoiceError(Errors.NOT_FOUND, "There is nothing at this path.")
    return VoiceError(Errors.INVALID_REQUEST, "The request cannot be understood.")
