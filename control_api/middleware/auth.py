"""Refuses by default. A path is public because it is in `PUBLIC_PATHS`, or it needs a signed-in user; what lies under
`INTERNAL_PREFIX` needs the workers' token instead, and no user's will do."""

from __future__ import annotations

import hmac
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from control_api.http_errors import error_response
from control_api.middleware.scope import request_id, set_signed_in
from control_api.ports import NotSignedIn, SignInVerifier
from shared.errors import Errors, VoiceError

PUBLIC_PATHS = frozenset(
    {
        "/healthz",
        "/readyz",
        "/api/voice/webhook",
        "/api/voice/openapi.json",
        "/api/voice/docs",
        "/api/voice/docs.css",
    }
)
INTERNAL_PREFIX = "/internal/"
SESSION_COOKIE = "__session"
_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class Auth:
    """`worker_token` None: no worker is let in."""

    def __init__(self, app: ASGIApp, verifier: SignInVerifier, worker_token: str | None) -> None:
        self._app = app
        self._verifier = verifier
        self._worker_token = worker_token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or (scope["type"] == "http" and scope["path"] in PUBLIC_PATHS):
            await self._app(scope, receive, send)
            return
        try:
            await self._let_in(scope)
        except VoiceError as error:
            await _refuse(error, scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _let_in(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        bearer = _bearer(headers)
        if scope["path"].startswith(INTERNAL_PREFIX):
            if not self._is_worker(bearer):
                raise VoiceError(Errors.UNAUTHORIZED, "Unauthorized")
            return
        token = bearer or _cookie(headers)
        if token is None:
            raise VoiceError(Errors.UNAUTHORIZED, "Unauthorized")
        if bearer is None and not _is_same_origin(scope, headers):
            raise VoiceError(Errors.FORBIDDEN, "A write that is signed in by a cookie must come from our own pages.")
        try:
            user = await self._verifier.verify(token)
        except NotSignedIn:
            raise VoiceError(Errors.UNAUTHORIZED, "Unauthorized") from None
        set_signed_in(scope, user)
        structlog.contextvars.bind_contextvars(user_id=user.user_id)

    def _is_worker(self, token: str | None) -> bool:
        expected = self._worker_token
        return token is not None and expected is not None and hmac.compare_digest(token.encode(), expected.encode())


def _bearer(headers: Headers) -> str | None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def _cookie(headers: Headers) -> str | None:
    try:
        morsel = SimpleCookie(headers.get("cookie", "")).get(SESSION_COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel is not None and morsel.value else None


def _is_same_origin(scope: Scope, headers: Headers) -> bool:
    """Browsers name the origin of every write; a page of somebody else's must not write with our user's cookie."""
    origin = headers.get("origin")
    is_safe = scope["type"] == "http" and scope["method"] in _SAFE_METHODS
    return is_safe or origin is None or urlsplit(origin).netloc == headers.get("host")


async def _refuse(error: VoiceError, scope: Scope, receive: Receive, send: Send) -> None:
    response = error_response(error, request_id=request_id(scope))
    if scope["type"] == "websocket" and "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": 1008, "reason": error.kind.code})
        return
    await response(scope, receive, send)
