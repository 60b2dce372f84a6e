"""Errors of the service by their code: the type and the sentence that go with each. Pure."""

from __future__ import annotations

from typing import Final, NamedTuple


class ServiceError(NamedTuple):
    """The fields of an error object."""

    type: str
    code: str
    message: str


_KNOWN: Final = {
    "insufficient_quota": (
        "insufficient_quota",
        "You exceeded your current quota, please check your plan and billing details.",
    ),
    "rate_limit_exceeded": ("requests", "Rate limit reached for requests. Please try again in 1s."),
    "inference_rate_limit_exceeded": ("invalid_request_error", "Rate limit reached. Please try again in 1s."),
    "invalid_api_key": ("invalid_request_error", "Incorrect API key provided."),
    "session_expired": ("invalid_request_error", "Your session hit the maximum duration of 60 minutes."),
    "model_not_found": ("invalid_request_error", "The model does not exist or you do not have access to it."),
    "beta_api_shape_disabled": (
        "invalid_request_error",
        "The Realtime Beta API is no longer supported. Please use the GA version of the API.",
    ),
    "account_deactivated": ("invalid_request_error", "The account is deactivated."),
    "server_error": ("server_error", "The server had an error while processing your request. Sorry about that!"),
}
"""Type and sentence by code."""


def service_error(code: str, kind: str | None = None, message: str | None = None) -> ServiceError:
    """The error of that code, with other type or words when given; an unknown code is a server error."""
    usual_kind, usual_message = _KNOWN.get(code, ("server_error", f"The request failed: {code}."))
    return ServiceError(kind or usual_kind, code, message or usual_message)


def error_for_status(status: int) -> ServiceError:
    """What the service says with an HTTP status."""
    by_status = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded"}
    return service_error(by_status.get(status, "server_error"))
