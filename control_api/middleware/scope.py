"""What middleware notes about a request for those behind it, typed."""

from __future__ import annotations

from typing import Any, cast

from starlette.types import Scope

from control_api.ports import SignedIn

_REQUEST_ID = "voice.request_id"
_SIGNED_IN = "voice.signed_in"


def set_request_id(scope: Scope, request_id: str) -> None:
    scope[_REQUEST_ID] = request_id


def request_id(scope: Scope) -> str:
    value: Any = scope.get(_REQUEST_ID, "")
    return str(value)


def set_signed_in(scope: Scope, user: SignedIn) -> None:
    scope[_SIGNED_IN] = user


def signed_in(scope: Scope) -> SignedIn:
    """Raises KeyError on a public path: a handler that needs a user is never reached without one."""
    return cast(SignedIn, scope[_SIGNED_IN])


def signed_in_or_none(scope: Scope) -> SignedIn | None:
    return cast("SignedIn | None", scope.get(_SIGNED_IN))
