"""``/healthz``: the process and its loop live. ``/readyz``: calls can come; 503 names what is missing, also that the
process is draining. ``/metrics``: Prometheus' text. Of one worker process, or of several behind a supervisor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from aiohttp import web

from worker.readiness import READY, Readiness


class HealthServer:
    def __init__(
        self,
        at: tuple[str, int] | Path,
        *,
        ready: Callable[[], Awaitable[Readiness]],
        metrics: Callable[[], Awaitable[bytes]],
        content_type: str,
    ) -> None:
        """`at`: address and port, or the path of a Unix socket. `metrics` gives a text of the type `content_type`."""
        self._at = at
        self._ready = ready
        self._metrics = metrics
        self._content_type = content_type
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Raises `OSError` when the port is taken."""
        app = web.Application()
        app.router.add_get("/healthz", self._tell_health)
        app.router.add_get("/readyz", self._tell_readiness)
        app.router.add_get("/metrics", self._tell_metrics)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await self._site(self._runner).start()

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    def _site(self, runner: web.AppRunner) -> web.BaseSite:
        if isinstance(self._at, Path):
            return web.UnixSite(runner, str(self._at))
        return web.TCPSite(runner, *self._at)

    async def _tell_health(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _tell_readiness(self, _: web.Request) -> web.Response:
        found = await self._ready()
        return web.json_response(found, status=200 if found["status"] == READY else 503)

    async def _tell_metrics(self, _: web.Request) -> web.Response:
        return web.Response(body=await self._metrics(), headers={"Content-Type": self._content_type})
