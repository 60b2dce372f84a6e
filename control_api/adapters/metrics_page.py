"""``GET /metrics`` for Prometheus, on a listener of its own: what is public and what is not are two ports."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from shared.metrics import CONTENT_TYPE

PATH = "/metrics"


@asynccontextmanager
async def metrics_page(listener: socket.socket, text: Callable[[], Awaitable[bytes]]) -> AsyncIterator[None]:
    """Served while the block runs. The listener is closed with it."""

    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=await text(), headers={"Content-Type": CONTENT_TYPE})

    app = web.Application()
    app.router.add_get(PATH, answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        yield
    finally:
        await runner.cleanup()
