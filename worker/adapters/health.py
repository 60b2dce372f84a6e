"""``/healthz``: the process and its loop live. ``/readyz``: calls can come; 503 names what is missing, also that the
process is draining. ``/metrics``: Prometheus' text."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web


class HealthServer:
    def __init__(
        self, host: str, port: int, missing: Callable[[], list[str]], metrics: Callable[[], bytes], content_type: str
    ) -> None:
        """`metrics` gives a text of the type `content_type`."""
        self._metrics = metrics
        self._content_type = content_type
        self._host = host
        self._port = port
        self._missing = missing
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Raises `OSError` when the port is taken."""
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
        app.router.add_get("/metrics", self._tell_metrics)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _healthz(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _readyz(self, _: web.Request) -> web.Response:
        missing = self._missing()
        status = {"status": "not_ready", "missing": missing} if missing else {"status": "ready"}
        return web.json_response(status, status=503 if missing else 200)

    async def _tell_metrics(self, _: web.Request) -> web.Response:
        return web.Response(body=self._metrics(), headers={"Content-Type": self._content_type})
