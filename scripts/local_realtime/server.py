"""HTTP and WebSocket: routes, authorisation, handshakes, and the life of all sessions."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from scripts.local_realtime.connection import Connection
from scripts.local_realtime.control import Control
from scripts.local_realtime.error_codes import error_for_status, service_error
from scripts.local_realtime.faults import Caller, SessionFaults
from scripts.local_realtime.misbehaviour import GOING_AWAY, refuse_beta
from scripts.local_realtime.script import Down, Refuse, Script
from scripts.local_realtime.session import Session
from scripts.local_realtime.stage import Hearing, Stage, build_stage
from scripts.local_realtime.stats import SessionRecord, Statistics
from scripts.local_realtime.transcriptions import Transcriptions
from scripts.local_realtime.validation import WireFormatError, check_frame
from scripts.local_realtime.wire import CLOSE_TIMEOUT_S, Wire, reset_transport

log = logging.getLogger(__name__)

MODELS: Final = (
    "gpt-realtime-2.1", "gpt-realtime-2.1-mini", "gpt-realtime-2", "gpt-realtime-1.5", "gpt-realtime",
    "gpt-realtime-mini", "gpt-transcribe", "gpt-live-transcribe", "gpt-realtime-whisper", "gpt-4o-transcribe",
    "gpt-4o-mini-transcribe", "whisper-1",
)  # fmt: skip
DEFAULT_MODEL: Final = "gpt-realtime-2.1"
REALTIME_PATHS: Final = ("/v1/realtime", "/realtime", "/openai/v1/realtime", "/openai/realtime")
"""OpenAI's, and those that clients make of a bare address or of Azure's."""
MAX_EVENT_BYTES: Final = 24 * 1024 * 1024
"""The service takes 15 MiB of audio in one event, which is 20 MiB of base64."""
_GOODBYE_S: Final = 0.3

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Options:
    """How the server is started."""

    key: str | None = None
    """The only API key to accept; None accepts any."""
    control: bool = False
    threads: int = 1
    """Threads for the recogniser."""
    strict: bool = False
    """Check every frame that is sent against the SDK's models."""


class Server:
    """One server. ``load`` a script, then serve ``application()``."""

    def __init__(self, options: Options = Options()) -> None:
        self.options = options
        self.connections: dict[str, Connection] = {}
        self.statistics = Statistics()
        self._hearing = Hearing(options.threads)
        self._stage: Stage | None = None
        self.wrong_frames: list[str] = []
        """What ``strict`` found."""
        self._check = self._check_frame if options.strict else None

    # ------------------------------------------------------------- state

    async def load(self, script: Script) -> None:
        """Play a script from now on, in open sessions too. Raises what ``build_stage`` raises."""
        stage = await build_stage(script, self._hearing)
        self._stage = stage
        for connection in self.connections.values():
            connection.adopt(stage, connection.caller)

    def now_s(self) -> float:
        """Monotonic seconds."""
        return asyncio.get_running_loop().time()

    @property
    def is_down(self) -> bool:
        """Whether a ``down`` fault is in force."""
        return self._stage is not None and self.now_s() < self._stage.down_until_s

    @property
    def hearing_waiting(self) -> int:
        """Clips that wait for the recogniser."""
        return self._hearing.waiting

    def go_down(self, fault: Down) -> None:
        """Reset every connection and refuse new ones for a while."""
        stage = self._playing()
        stage.down_until_s, stage.down_status = self.now_s() + fault.for_s, fault.status
        for connection in self.connections.values():
            connection.wire.reset()

    async def close(self, _app: web.Application | None = None) -> None:
        """Say goodbye to every client, briefly."""
        goodbyes = [connection.wire.close(GOING_AWAY, "server stopped") for connection in self.connections.values()]
        try:
            await asyncio.wait_for(asyncio.gather(*goodbyes, return_exceptions=True), _GOODBYE_S)
        except TimeoutError:
            for connection in self.connections.values():
                connection.wire.reset()
        self._hearing.close()

    def _check_frame(self, text: str) -> None:
        try:
            check_frame(text)
        except WireFormatError as error:
            self.wrong_frames.append(str(error))
            log.error("wrong frame: %s", error)

    def _playing(self) -> Stage:
        if self._stage is None:
            raise RuntimeError("load() comes first")
        return self._stage

    # ------------------------------------------------------------- HTTP

    def application(self) -> web.Application:
        """All routes."""
        app = web.Application(client_max_size=MAX_EVENT_BYTES * 2, middlewares=[self._gate])
        app.router.add_get("/healthz", self._health)
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/v1/audio/transcriptions", Transcriptions(self._hearing).handle)
        for path in REALTIME_PATHS:
            app.router.add_get(path, self._realtime)
        if self.options.control:
            Control(self).add_routes(app.router)
        app.on_shutdown.append(self.close)
        return app

    @web.middleware
    async def _gate(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        if request.path == "/healthz" or (request.path.startswith("/control/") and self.options.key is None):
            return await handler(request)
        if self.is_down and not request.path.startswith("/control/"):
            return self._refuse_while_down(request)
        key = _key(request)
        if key is None:
            message = "You didn't provide an API key. Provide it in an Authorization header using Bearer auth."
            return error_response(401, message, "invalid_request_error", None)
        if self.options.key is not None and not hmac.compare_digest(key.encode(), self.options.key.encode()):
            return error_response(401, "Incorrect API key provided.", "invalid_request_error", "invalid_api_key")
        return await handler(request)

    def _refuse_while_down(self, request: web.Request) -> web.Response:
        self.statistics.handshakes_refused += 1
        status = self._playing().down_status
        if status is None:
            reset_transport(request.transport)
            return web.Response(status=503)  # goes nowhere: the connection is reset
        kind, code, message = error_for_status(status)
        return error_response(status, message, kind, code)

    async def _health(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "sessions": len(self.connections)})

    async def _models(self, _request: web.Request) -> web.Response:
        models = [{"id": name, "object": "model", "created": 0, "owned_by": "local"} for name in MODELS]
        return web.json_response({"object": "list", "data": models})

    # ------------------------------------------------------------- sessions

    async def _realtime(self, request: web.Request) -> web.StreamResponse:
        stage = self._playing()
        stage.connections += 1
        model = request.query.get("model") or request.query.get("deployment") or DEFAULT_MODEL
        caller = Caller(stage.connections, model, dict(request.query))
        refusal = _refusal(stage, caller)
        if refusal is not None:
            self.statistics.handshakes_refused += 1
            return refusal
        # compression would cost more than it saves on loopback
        socket = web.WebSocketResponse(
            max_msg_size=MAX_EVENT_BYTES, compress=False, protocols=("realtime",), timeout=CLOSE_TIMEOUT_S
        )
        await socket.prepare(request)
        wire = Wire(socket, request)
        if _speaks_beta(request):
            await refuse_beta(wire)
        else:
            await self._serve(wire, caller, stage)
        return socket

    async def _serve(self, wire: Wire, caller: Caller, stage: Stage) -> None:
        session = Session(f"sess_{secrets.token_hex(6)}", caller.model, int(time.time() + stage.session_limit_s))
        record = SessionRecord(session.id, caller.connection, caller.model, self.now_s())
        connection = Connection(wire, session, caller, stage, record, self.go_down, self._check)
        self.statistics.add(record)
        self.connections[session.id] = connection
        log.info("session opened", extra={"session": session.id, "model": caller.model})
        try:
            await connection.run()
        finally:
            del self.connections[session.id]
            record.close(wire.close_code, session.conversation.items, self.now_s())
            log.info("session closed", extra={"session": session.id, "code": wire.close_code})


def _speaks_beta(request: web.Request) -> bool:
    """As clients of the time before the protocol was released do: by a header, or in a browser by a subprotocol."""
    protocols = request.headers.get("Sec-WebSocket-Protocol", "")
    return "realtime=v1" in request.headers.get("OpenAI-Beta", "") or "openai-beta.realtime-v1" in protocols


def _refusal(stage: Stage, caller: Caller) -> web.Response | None:
    """The answer to a handshake that the script refuses."""
    refusals = (fault for fault in stage.book.faults if isinstance(fault, Refuse))
    faults = SessionFaults(stage.book, caller)
    fault = next((fault for fault in refusals if faults.applies_now(fault)), None)
    if fault is None:
        return None
    default = error_for_status(fault.status)
    error = default if fault.code is None else service_error(fault.code)
    headers = {} if fault.retry_after_s is None else {"Retry-After": str(fault.retry_after_s)}
    return error_response(fault.status, fault.message or error.message, error.type, error.code, headers)


def _key(request: web.Request) -> str | None:
    """The API key as OpenAI's clients, Azure's, or a browser send it."""
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
