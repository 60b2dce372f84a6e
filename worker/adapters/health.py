"""``/healthz``: the process and its loop live. ``/readyz``: calls can come; 503 names what is missing, also that the
process is draining."""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web


class HealthServer:
    def __init__(self, host: str, port: int, missing: Callable[[], list[str]]) -> None:
        self._host = host
        self._port = port
        self._missing = missing
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Raises `OSError` when the port is taken."""
        app = web.Application()
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/readyz", self._readyz)
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
