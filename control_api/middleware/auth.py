"""Refuses by default. A path is public because `is_public` says so, or it needs a signed-in user; what lies under
`INTERNAL_PREFIX` needs the workers' token instead, and no user's will do."""

from __future__ import annotations

import contextlib
import hmac
from collections.abc import Sequence

import structlog
from starlette.types import ASGIApp, Receive, Scope, Send

from control_api import recording_links
from control_api.credentials import read_credentials
from control_api.http_errors import error_response
from control_api.middleware.scope import request_id, set_signed_in
from control_api.ports import Credential, NotSignedIn, SignedIn, SignInVerifier
from shared.errors import Errors, VoiceError

PUBLIC_PATHS = frozenset(
    {
        "/",
        "/console",
        "/healthz",
        "/readyz",
        "/api/voice/webhook",
        "/api/voice/openapi.json",
        "/api/voice/docs",
        "/api/voice/docs.css",
        "/api/voice/dev/token",
        recording_links.ROUTE,
    }
)
PUBLIC_PREFIX = "/assets/"
INTERNAL_PREFIX = "/internal/"


def is_public(path: str) -> bool:
    return path in PUBLIC_PATHS or path.startswith(PUBLIC_PREFIX)


class Auth:
    """`worker_token` None: no worker is let in."""

    def __init__(self, app: ASGIApp, verifier: SignInVerifier, worker_token: str | None) -> None:
        self._app = app
        self._verifier = verifier
        self._worker_token = worker_token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or (scope["type"] == "http" and is_public(scope["path"])):
            await self._app(scope, receive, send)
            return
        try:
            await self._let_in(scope)
        except VoiceError as error:
            await _refuse(error, scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _let_in(self, scope: Scope) -> None:
        try:
            credentials = read_credentials(scope["headers"])
            if scope["path"].startswith(INTERNAL_PREFIX):
                if not self._is_worker(credentials):
                    raise NotSignedIn
                return
            user = await self._verified(credentials)
        except NotSignedIn:
            raise VoiceError(Errors.UNAUTHORIZED, "Unauthorized") from None
        set_signed_in(scope, user)
        structlog.contextvars.bind_contextvars(user_id=user.user_id)

    async def _verified(self, credentials: Sequence[Credential]) -> SignedIn:
        """Who it is by all that are good. Raises `NotSignedIn` when none is, or they are of several people."""
        found: dict[str, SignedIn] = {}
        for credential in credentials:
            with contextlib.suppress(NotSignedIn):
                user = await self._verifier.verify(credential)
                found[user.user_id] = user
        if len(found) != 1:
            raise NotSignedIn
        return found.popitem()[1]

    def _is_worker(self, shown: Sequence[Credential]) -> bool:
        expected = self._worker_token
        if len(shown) != 1 or shown[0].is_cookie or expected is None:
            return False
        return hmac.compare_digest(shown[0].token.encode(), expected.encode())


async def _refuse(error: VoiceError, scope: Scope, receive: Receive, send: Send) -> None:
    response = error_response(error, request_id=request_id(scope))
    if scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008, "reason": error.kind.code})
        return
    await response(scope, receive, send)
