"""Speaks Upstash's REST interface in front of a real Redis: a JSON array is a command, ``{"result"}`` or ``{"error"}``
its answer, the token is checked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from redis.asyncio import Redis
from redis.exceptions import RedisError

TOKEN = "upstash-test-token"


@dataclass
class UpstashServer:
    redis: Redis
    url: str = ""
    requests: int = 0
    delay_s: float = 0.0
    answer_with: tuple[int, str] | None = None
    """(status, body) to give instead of an answer."""
    bodies: list[Any] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        self.requests += 1
        if self.answer_with is not None:
            status, text = self.answer_with
            return web.Response(status=status, text=text, content_type="application/json")
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"error": "Unauthorized"}, status=401)
        command = await request.json()
        self.bodies.append(command)
        await asyncio.sleep(self.delay_s)
        try:
            return web.json_response({"result": await self._run(command)})
        except RedisError as error:
            return web.json_response({"error": str(error)}, status=400)

    async def _run(self, command: list[str]) -> Any:
        return await self.redis.execute_command(*command)  # type: ignore[no-untyped-call]


@asynccontextmanager
async def running_upstash(redis_url: str) -> AsyncIterator[UpstashServer]:
    async with Redis.from_url(redis_url) as redis:
        server = UpstashServer(redis)
        app = web.Application()
        app.router.add_post("/", server.handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        server.url = f"http://127.0.0.1:{port}"
        try:
            yield server
        finally:
            await runner.cleanup()
