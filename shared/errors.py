"""The catalogue of errors: a stable code, whose fault it is, whether trying again can help.

Services raise `VoiceError`; the API maps it to HTTP in one place (`control_api.http_errors`). No exception of an SDK
crosses a gateway: adapters translate.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any


class Fault(Enum):
    CALLER = "caller"
    """The request is at fault."""
    OURS = "ours"
    UPSTREAM = "upstream"
    """LiveKit, the model or a store."""


@dataclass(frozen=True, slots=True)
class ErrorKind:
    code: str
    fault: Fault
    retryable: bool = False


class Errors:
    """Every error that leaves the system has one of these codes; docs and tests read this list."""

    INVALID_REQUEST = ErrorKind("invalid_request", Fault.CALLER)
    INVALID_JSON = ErrorKind("invalid_json", Fault.CALLER)
    UNAUTHORIZED = ErrorKind("unauthorized", Fault.CALLER)
    FORBIDDEN = ErrorKind("forbidden", Fault.CALLER)
    NOT_FOUND = ErrorKind("not_found", Fault.CALLER)
    METHOD_NOT_ALLOWED = ErrorKind("method_not_allowed", Fault.CALLER)
    ROOM_TAKEN = ErrorKind("room_taken", Fault.CALLER)
    TOO_MANY_CALLS = ErrorKind("too_many_calls", Fault.CALLER)
    STATE_CONFLICT = ErrorKind("state_conflict", Fault.CALLER)
    IDEMPOTENCY_KEY_REUSED = ErrorKind("idempotency_key_reused", Fault.CALLER)
    ANOTHER_ROOM_TYPE = ErrorKind("another_room_type", Fault.CALLER)
    CALL_NOT_CONNECTED = ErrorKind("call_not_connected", Fault.CALLER)
    RECORDING_IN_PROGRESS = ErrorKind("recording_in_progress", Fault.CALLER)
    OUTPUT_PATH_TAKEN = ErrorKind("output_path_taken", Fault.CALLER)
    CLAIM_LOST = ErrorKind("claim_lost", Fault.CALLER)
    BODY_TOO_LARGE = ErrorKind("body_too_large", Fault.CALLER)
    RATE_LIMITED = ErrorKind("rate_limited", Fault.CALLER, retryable=True)
    URL_TOO_LONG = ErrorKind("url_too_long", Fault.CALLER)
    HEADERS_TOO_LARGE = ErrorKind("headers_too_large", Fault.CALLER)
    REQUEST_TOO_SLOW = ErrorKind("request_too_slow", Fault.CALLER)
    TOO_MANY_CONNECTIONS = ErrorKind("too_many_connections", Fault.OURS, retryable=True)
    UNSUPPORTED_MEDIA_TYPE = ErrorKind("unsupported_media_type", Fault.CALLER)
    LIVEKIT_NOT_CONFIGURED = ErrorKind("livekit_not_configured", Fault.OURS)
    LIVEKIT_UNREACHABLE = ErrorKind("livekit_unreachable", Fault.UPSTREAM, retryable=True)
    SIGN_IN_UNAVAILABLE = ErrorKind("sign_in_unavailable", Fault.UPSTREAM, retryable=True)
    NO_FREE_SLOT = ErrorKind("no_free_slot", Fault.OURS, retryable=True)
    AGENT_NOT_READY = ErrorKind("agent_not_ready", Fault.OURS, retryable=True)
    RECORDING_NOT_CONFIGURED = ErrorKind("recording_not_configured", Fault.OURS)
    RECORDING_UNAVAILABLE = ErrorKind("recording_unavailable", Fault.UPSTREAM, retryable=True)
    INTERNAL = ErrorKind("internal_error", Fault.OURS)


def every_kind() -> list[ErrorKind]:
    return [kind for kind in vars(Errors).values() if isinstance(kind, ErrorKind)]


class VoiceError(Exception):
    """An error that a client is told about: `message` is a sentence for people, `details` are machine-readable."""

    def __init__(self, kind: ErrorKind, message: str, **details: Any) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.details = details

    def __str__(self) -> str:
        return f"{self.kind.code}: {self.message}"
