"""What is served while there is no database: that this process runs, and what it waits for."""

from __future__ import annotations

import asyncio
import socket

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from control_api.http_errors import PHRASES, RETRY_AFTER_S, JsonResponse
from control_api.http_limits import HttpLimits
from control_api.ports import StoreAway
from control_api.routes.health import Alive, Ready, Workers
from control_api.server import serve
from control_api.wiring import migrate
from shared.clock import Clock
from shared.log import get_logger

AGAIN_S = 2.0
_MESSAGE = "The service has no database yet."

log = get_logger(__name__)


async def wait_for_database(url: str, listener: socket.socket, limits: HttpLimits, clock: Clock) -> bool:
    """Answer requests until the database can be opened; False: the process was asked to end before that. Raises
    `StoreUnusable` when waiting does not help."""
    found = asyncio.Event()
    looking = asyncio.create_task(_look(url, found, clock), name="database")
    try:
        # A copy of the listener, since a server closes its own: who connects between the two servers waits.
        await serve(app(), listener.dup(), limits, until=found)
        if found.is_set():
            await looking
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
    return found.is_set()


async def _look(url: str, found: asyncio.Event, clock: Clock) -> None:
    told = ""
    try:
        while (why := await asyncio.to_thread(_problem, url)) is not None:
            if why != told:
                log.error("no database, trying again", why=why)
            told = why
            await clock.sleep(AGAIN_S)
    finally:
        found.set()


def _problem(url: str) -> str | None:
    try:
        migrate(url)
    except StoreAway as error:
        return str(error)
    return None


def app() -> Starlette:
    routes = [Route("/healthz", _healthz), Route("/readyz", _readyz), Route("/{path:path}", _other, methods=None)]
    return Starlette(routes=routes)


async def _healthz(_: Request) -> Response:
    return JsonResponse(Alive().model_dump_json(by_alias=True).encode())


async def _readyz(_: Request) -> Response:
    ready = Ready(
        status="not_ready", reasons={"database": "unusable"}, degraded={}, workers=Workers(seen=0, free_slots=0)
    )
    return JsonResponse(ready.model_dump_json(by_alias=True).encode(), 503)


async def _other(_: Request) -> Response:
    body = {"error": PHRASES[503], "message": _MESSAGE}
    return JsonResponse(body, 503, headers={"Retry-After": str(RETRY_AFTER_S)})
