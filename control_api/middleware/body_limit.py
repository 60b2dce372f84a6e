"""Refuses a body that is too large while it streams in: ``Content-Length`` is only what a client claims."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from control_api.http_errors import error_response
from control_api.middleware.scope import request_id
from shared.errors import Errors, VoiceError

DEFAULT_MAX_BYTES = 1024 * 1024


class BodyTooLarge(VoiceError):
    def __init__(self, max_bytes: int) -> None:
        super().__init__(Errors.BODY_TOO_LARGE, f"The body is larger than {max_bytes} bytes.", maxBytes=max_bytes)


class BodyLimit:
    """`max_bytes`: exact paths with a limit of their own."""

    def __init__(self, app: ASGIApp, max_bytes: Mapping[str, int]) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._max_bytes.get(scope["path"], DEFAULT_MAX_BYTES)
        if _claimed(scope) > limit:
            await error_response(BodyTooLarge(limit), request_id=request_id(scope))(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise BodyTooLarge(limit)
            return message

        await self._app(scope, counted, send)


def _claimed(scope: Scope) -> int:
    value = Headers(scope=scope).get("content-length", "0")
    return int(value) if value.isascii() and value.isdigit() else 0
