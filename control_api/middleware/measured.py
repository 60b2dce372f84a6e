"""Tells how long each request took until its answer began. (A stream of events goes on for minutes after that.)"""

from __future__ import annotations

from collections.abc import Callable, Collection

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.clock import Clock

OTHER = "other"
"""A path that is not published: whoever tries paths must not make a series of each."""
METHODS = frozenset({"GET", "HEAD", "POST", "PATCH", "DELETE", "OPTIONS"})

Told = Callable[[str, str, int, float], None]
"""Method, route, status, seconds."""


class Measured:
    def __init__(self, app: ASGIApp, tell: Told, routes: Collection[str], clock: Clock) -> None:
        self._app = app
        self._tell = tell
        self._routes = frozenset(routes)
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began_s = self._clock.monotonic_s()
        method = scope["method"] if scope["method"] in METHODS else OTHER
        route = scope["path"] if scope["path"] in self._routes else OTHER

        async def send_and_tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._tell(method, route, message["status"], self._clock.monotonic_s() - began_s)
            await send(message)

        await self._app(scope, receive, send_and_tell)
