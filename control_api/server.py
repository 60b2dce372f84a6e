"""Serving the application with uvicorn: our own socket, our own signals, a log line when it really listens."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from shared.log import get_logger

log = get_logger(__name__)

GRACE_S = 1
"""How long requests that are under way may take once the process was asked to stop."""
BACKLOG = 2048


class PortInUse(Exception):
    """The text is a sentence for the operator."""


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ours are set by `serve`; uvicorn's would end the process by the signal instead of with status 0."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or []:
            host, port = listener.getsockname()[:2]
            log.info("ready", host=host, port=port)


def listen(host: str, port: int) -> socket.socket:
    """Raises `PortInUse`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise PortInUse(f"Cannot listen on {host} port {port}: {error.strerror}.") from None
    return listener


async def serve(app: Starlette, listener: socket.socket) -> None:
    """Until SIGTERM or SIGINT."""
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="websockets-sansio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        # It would believe any X-Forwarded-For from loopback; whom we believe is a setting (`client_address`).
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=30,
        ws_max_size=512 * 1024,
        ws_ping_interval=5.0,
        ws_ping_timeout=10.0,
    )
    server = _Server(config)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, lambda: setattr(server, "should_exit", True))
    try:
        await server.serve(sockets=[listener])
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
