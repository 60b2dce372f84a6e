"""Refuses writes that are signed in by a cookie and do not come from a page of ours. A Bearer token is not touched: no
page can add one that it does not have."""

from __future__ import annotations

from collections.abc import Collection

from starlette.types import ASGIApp, Receive, Scope, Send

from control_api.cookie_origin import SAFE_METHODS, may_write
from control_api.credentials import read_credentials
from control_api.http_errors import error_response
from control_api.middleware.scope import request_id
from control_api.ports import NotSignedIn
from shared.errors import Errors, VoiceError

SENTENCE = "A write that is signed in by a cookie must come from a page of this application."


class CookieOrigin:
    """`allowed`: origins as `control_api.cookie_origin.normal_origin` writes them."""

    def __init__(self, app: ASGIApp, allowed: Collection[str]) -> None:
        self._app = app
        self._allowed = frozenset(allowed)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS and self._is_foreign(scope):
            error = VoiceError(Errors.FORBIDDEN, SENTENCE)
            await error_response(error, request_id=request_id(scope))(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _is_foreign(self, scope: Scope) -> bool:
        try:
            credentials = read_credentials(scope["headers"])
        except NotSignedIn:
            return False  # the sign-in behind us refuses it
        if not any(credential.is_cookie for credential in credentials):
            return False
        origins = [value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"]
        return not may_write(origins, self._allowed)
