"""What a client is told about its limit: the contract's headers on every answer of a limited route, its body of 429."""

from __future__ import annotations

from typing import Any

from control_api.services.rate_limiter import Verdict
from shared.errors import Errors


def rate_headers(verdict: Verdict, *, is_refusal: bool) -> list[tuple[bytes, bytes]]:
    headers = [
        (b"x-ratelimit-limit", b"%d" % verdict.limit),
        (b"x-ratelimit-remaining", b"%d" % verdict.remaining),
        (b"x-ratelimit-reset", b"%d" % verdict.reset_s),
    ]
    if is_refusal:
        headers.append((b"retry-after", b"%d" % verdict.retry_after_s))
    return headers


def too_many_requests(verdict: Verdict, request_id: str) -> dict[str, Any]:
    """Exactly the contract's keys, and `details`."""
    return {
        "error": "Too many requests",
        "message": "Please try again later",
        "retryAfter": verdict.retry_after_s,
        "limit": verdict.limit,
        "remaining": verdict.remaining,
        "reset": verdict.reset_s,
        "details": {"code": Errors.RATE_LIMITED.code, "requestId": request_id},
    }
