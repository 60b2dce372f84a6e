"""Which pages of other origins may use the API from a browser: none, unless they are listed."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from control_api.idempotency import HEADER, REPLAYED_HEADER

METHODS = ("GET", "POST", "PATCH", "DELETE")
TAKEN = ("Authorization", "Content-Type", HEADER, "X-Request-Id", "Last-Event-ID")
SHOWN = (
    "X-Request-Id",
    "X-RateLimit-Limit",
    "X-RateLimit-Remaining",
    "X-RateLimit-Reset",
    "Retry-After",
    "X-Ignored-Fields",
    "Link",
    REPLAYED_HEADER,
)
PREFLIGHT_S = 600


def cors(origins: Sequence[str]) -> list[Middleware]:
    """Exact origins only; a listed one may send the session cookie for reads (writes: `cookie_origin`)."""
    if not origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=list(origins),
            allow_methods=list(METHODS),
            allow_headers=list(TAKEN),
            expose_headers=list(SHOWN),
            allow_credentials=True,
            max_age=PREFLIGHT_S,
        )
    ]
