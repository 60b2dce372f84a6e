"""How much of this process one client may hold, and what it is told when it wants more."""

from __future__ import annotations

import json
import resource
from dataclasses import dataclass, replace
from http import HTTPStatus

from uuid_utils import uuid7

from control_api.http_errors import PHRASES, RETRY_AFTER_S, STATUS
from shared.errors import ErrorKind, Errors
from shared.log import get_logger

log = get_logger(__name__)

OTHER_FILES = 256
"""Descriptors that are not clients': the database, LiveKit, Redis, logs."""

_SENTENCES = {
    Errors.INVALID_REQUEST: "The request is not HTTP/1.1.",
    Errors.URL_TOO_LONG: "The address of the request is too long.",
    Errors.HEADERS_TOO_LARGE: "The header fields of the request are too large.",
    Errors.REQUEST_TOO_SLOW: "The request did not arrive in time.",
    Errors.TOO_MANY_CONNECTIONS: "Too many connections; try again in a moment.",
}


@dataclass(frozen=True, slots=True)
class HttpLimits:
    max_url_bytes: int = 8 * 1024
    max_head_bytes: int = 32 * 1024
    """Of the request line and all header fields. A session cookie has up to 4 KiB, a Bearer token 8."""
    max_header_fields: int = 100
    request_s: float = 10.0
    """From a request's first byte (of a new connection: from its start) until its last."""
    unread_s: float = 30.0
    """How long an answer may wait for a client that does not read it."""
    linger_s: float = 2.0
    """How long a refused client may go on sending, unheard, so that it reads why instead of a reset."""
    max_connections: int = 2000


def with_enough_files(limits: HttpLimits) -> HttpLimits:
    """Raises this process's limit of open files as far as it may; where that is not enough, fewer connections."""
    wanted = limits.max_connections + OTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return limits
    fewer = max(soft - OTHER_FILES, soft // 2)
    log.warning("fewer connections than asked for: raise the limit of open files", connections=fewer, open_files=soft)
    return replace(limits, max_connections=fewer)


def raw_refusal(kind: ErrorKind) -> bytes:
    """A whole HTTP answer, for a request that no route has seen."""
    status = STATUS[kind]
    request_id = str(uuid7())
    body = json.dumps(
        {
            "error": PHRASES[status],
            "message": _SENTENCES[kind],
            "details": {"code": kind.code, "requestId": request_id},
        }
    ).encode()
    headers = {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "Connection": "close",
        "X-Request-Id": request_id,
    }
    if kind.retryable:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{head}\r\n".encode() + body
