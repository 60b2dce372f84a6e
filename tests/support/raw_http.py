"""HTTP as bytes, for requests that no client library would send."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp

from control_api.http_limits import HttpLimits
from control_api.server import listen, make_server

ANSWER_WITHIN_S = 15.0


@dataclass
class Raw:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Status, headers in lower case, body."""
        async with asyncio.timeout(ANSWER_WITHIN_S):
            head = await self.reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode().strip().split("\r\n")
            headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
            body = await self.reader.readexactly(int(headers.get("content-length", "0")))
        return int(first.split()[1]), headers, body

    async def refusal(self) -> tuple[int, str]:
        """Status and code of an answer after which the connection is closed."""
        status, headers, body = await self.answer()
        assert headers["connection"] == "close"
        told: dict[str, Any] = json.loads(body)
        assert told["details"]["requestId"] == headers["x-request-id"]
        assert await self.is_closed()
        return status, told["details"]["code"]

    async def is_closed(self) -> bool:
        """Waits for it."""
        async with asyncio.timeout(ANSWER_WITHIN_S):
            try:
                return await self.reader.read() == b""
            except ConnectionError:
                return True


@dataclass
class Served:
    port: int

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Raw]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield Raw(reader, writer)
        finally:
            writer.close()


@asynccontextmanager
async def served(app: ASGIApp, limits: HttpLimits) -> AsyncIterator[Served]:
    """The application in this process, over a real socket, as `control_api.server` serves it."""
    with listen("127.0.0.1", 0) as listener:
        server = make_server(app, limits)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield Served(listener.getsockname()[1])
        finally:
            server.should_exit = True
            await task
