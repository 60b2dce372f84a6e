"""An HTTP proxy as companies have one: it hands everything on to one server, whatever name it was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class ForwardProxy:
    target_port: int
    asked_for: list[str] = field(default_factory=list)
    """The hosts, in the order in which they were asked for."""
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        method, url, version = (await reader.readline()).decode().split()
        parts = urlsplit(url)
        self.asked_for.append(parts.hostname or "")
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self.target_port)
        to_server.write(f"{method} {parts.path}?{parts.query} {version}\r\n".encode())
        try:
            await asyncio.gather(_pump(reader, to_server), _pump(from_server, writer))
        finally:
            to_server.close()
            writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


@asynccontextmanager
async def forward_proxy(target_port: int) -> AsyncIterator[ForwardProxy]:
    proxy = ForwardProxy(target_port)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        await server.wait_closed()
