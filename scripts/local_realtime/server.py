"""HTTP and WebSocket: routes, authorisation, the life of the process's sessions."""

from __future__ import annotations

import hmac
import json
import logging
import secrets
import time
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from scripts.local_realtime.connection import Connection
from scripts.local_realtime.mind import Mind
from scripts.local_realtime.session import Session

log = logging.getLogger(__name__)

MODELS: Final = (
    "gpt-realtime",
    "gpt-realtime-1.5",
    "gpt-realtime-2",
    "gpt-realtime-mini",
    "whisper-1",
    "gpt-4o-transcribe",
)
DEFAULT_MODEL: Final = "gpt-realtime"
SESSION_LIMIT_S: Final = 3600
MAX_EVENT_BYTES: Final = 16 * 1024 * 1024
"""The service takes audio of up to 15 MiB in one event."""


@dataclass
class Options:
    """How the server was started."""

    key: str | None = None
    """The only key to accept; None accepts any."""
    control: bool = False


class Server:
    """Builds the aiohttp application. One mind serves all sessions."""

    def __init__(self, mind: Mind, options: Options) -> None:
        self._mind = mind
        self._options = options
        self.connections: set[Connection] = set()

    def application(self) -> web.Application:
        """All routes."""
        app = web.Application(client_max_size=MAX_EVENT_BYTES * 2, middlewares=[self._authorise])
        app.router.add_get("/healthz", self._health)
        app.router.add_get("/v1/models", self._models)
        for path in ("/v1/realtime", "/realtime", "/openai/v1/realtime", "/openai/realtime"):
            app.router.add_get(path, self._realtime)
        return app

    @web.middleware
    async def _authorise(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.path == "/healthz" or request.path.startswith("/control/"):
            return await _answer(handler, request)
        key = _key(request)
        if key is None:
            message = "You didn't provide an API key. Provide it in an Authorization header using Bearer auth."
            return error_response(401, message, "invalid_request_error", None)
        if self._options.key is not None and not hmac.compare_digest(key.encode(), self._options.key.encode()):
            return error_response(401, "Incorrect API key provided.", "invalid_request_error", "invalid_api_key")
        return await _answer(handler, request)

    async def _health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "sessions": len(self.connections)})

    async def _models(self, _request: web.Request) -> web.Response:
        models = [{"id": name, "object": "model", "created": 0, "owned_by": "local"} for name in MODELS]
        return web.json_response({"object": "list", "data": models})

    async def _realtime(self, request: web.Request) -> web.StreamResponse:
        # compression would cost more than it saves on loopback
        socket = web.WebSocketResponse(max_msg_size=MAX_EVENT_BYTES, compress=False, protocols=("realtime",))
        await socket.prepare(request)
        model = request.query.get("model") or request.query.get("deployment") or DEFAULT_MODEL
        session = Session(f"sess_{secrets.token_hex(6)}", model, int(time.time()) + SESSION_LIMIT_S)
        connection = Connection(socket, session, self._mind)
        self.connections.add(connection)
        log.info("session opened", extra={"session": session.id, "model": model})
        try:
            await connection.run()
        finally:
            self.connections.discard(connection)
            log.info("session closed", extra={"session": session.id, "code": socket.close_code})
        return socket


async def _answer(handler: Any, request: web.Request) -> web.StreamResponse:
    response: web.StreamResponse = await handler(request)
    return response


def _key(request: web.Request) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip()
    if azure := request.headers.get("api-key"):
        return azure
    for protocol in request.headers.get("Sec-WebSocket-Protocol", "").split(","):
        if protocol.strip().startswith("openai-insecure-api-key."):
            return protocol.strip().removeprefix("openai-insecure-api-key.")
    return None


def error_response(
    status: int, message: str, kind: str, code: str | None, headers: dict[str, str] | None = None
) -> web.Response:
    """An error as OpenAI's HTTP API has it."""
    body = {"error": {"message": message, "type": kind, "param": None, "code": code}}
    return web.Response(status=status, text=json.dumps(body), content_type="application/json", headers=headers)
