"""Serving the application with uvicorn: our own socket, our own signals, a log line when it really listens."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from control_api.bounded_http import BoundedHttp, bounded_http
from control_api.http_limits import HttpLimits, with_enough_files
from shared.log import get_logger

log = get_logger(__name__)

GRACE_S = 3
"""How long requests that are under way may take once the process was asked to stop: as long as an answer is promised
to take. Streams are told and end by themselves."""
BACKLOG = 2048
TICKS_PER_CHECK = 5
"""How often connections are looked at, in tenths of a second."""


class PortInUse(Exception):
    """The text is a sentence for the operator."""


class _Server(uvicorn.Server):
    is_whole = True
    """Not a stand-in for an application that is not there yet."""

    async def on_tick(self, counter: int) -> bool:
        """uvicorn calls it ten times a second."""
        if counter % TICKS_PER_CHECK == 0:
            now_s = asyncio.get_running_loop().time()
            for connection in list(self.server_state.connections):
                if isinstance(connection, BoundedHttp):
                    connection.check(now_s)
        return await super().on_tick(counter)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Ours are set by `serve`; uvicorn's would end the process by the signal instead of with status 0."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or [] if self.is_whole else []:
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


def make_server(app: ASGIApp, limits: HttpLimits) -> _Server:
    config = uvicorn.Config(
        app,
        http=bounded_http(limits),
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
    return _Server(config)


async def serve(
    app: ASGIApp,
    listener: socket.socket,
    limits: HttpLimits,
    on_stop: Callable[[], None] = lambda: None,
    until: asyncio.Event | None = None,
) -> None:
    """Until SIGTERM or SIGINT; a stand-in for the application also until `until`. `on_stop`: called at once at a
    signal; what would not end by itself must hear of it."""
    _spare_the_collector()
    server = make_server(app, with_enough_files(limits))
    server.is_whole = until is None
    loop = asyncio.get_running_loop()

    def stop() -> None:
        server.should_exit = True
        on_stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    ending = loop.create_task(_end_at(until, server))
    try:
        await server.serve(sockets=[listener])
    finally:
        ending.cancel()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


async def _end_at(until: asyncio.Event | None, server: uvicorn.Server) -> None:
    if until is not None:
        await until.wait()
        server.should_exit = True


def _spare_the_collector() -> None:
    """What is there when serving begins (modules, models, compiled statements) stays for ever. Unfrozen, every full
    collection walks through it: measured 140 ms in which nobody is answered; frozen, 0.1 ms."""
    gc.collect()
    gc.freeze()
