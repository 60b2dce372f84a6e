"""``GET /api/voice/events`` of an application in this process, read as it comes, and held to the description."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message

from tests.support.documented import published
from tests.support.until import patient

PATH = "/api/voice/events"
WITHIN_S = 5.0


@dataclass(frozen=True)
class Frame:
    """`name`: empty for an event of a call. A comment is the name ``:``."""

    name: str
    id: int | None
    data: dict[str, Any]

    @property
    def kind(self) -> str:
        kind: str = self.data["event"]["kind"]
        return kind


def frame_of(block: str) -> Frame:
    if block.startswith(":"):
        return Frame(":", None, {})
    lines = dict(line.split(": ", 1) for line in block.splitlines())
    found = Frame(lines.get("event", ""), int(lines["id"]) if "id" in lines else None, json.loads(lines["data"]))
    if not found.name:
        assert found.id == found.data["id"]
        problems = published().problems({"$ref": "#/components/schemas/StreamEvent"}, found.data)
        assert not problems, problems
    return found


@dataclass
class EventStream:
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    """Of an answer that is no stream."""
    _blocks: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)
    _started: asyncio.Event = field(default_factory=asyncio.Event)
    is_read: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared: the client does not read."""

    async def next(self) -> Frame:
        async with asyncio.timeout(patient(WITHIN_S)):
            block = await self._blocks.get()
        assert block is not None, "the stream has ended"
        return frame_of(block)

    async def rest(self) -> list[Frame]:
        """Until it ends by itself."""
        frames = []
        async with asyncio.timeout(patient(WITHIN_S)):
            while (block := await self._blocks.get()) is not None:
                frames.append(frame_of(block))
        return frames

    async def events(self, count: int) -> list[Frame]:
        found: list[Frame] = []
        while len(found) < count:
            frame = await self.next()
            if not frame.name:
                found.append(frame)
        return found

    async def send(self, message: Message) -> None:
        await self.is_read.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {name.decode(): value.decode() for name, value in message["headers"]}
            self._started.set()
            return
        self.body += message.get("body", b"")
        while b"\n\n" in self.body and self.status == 200:
            block, _, self.body = self.body.partition(b"\n\n")
            self._blocks.put_nowait(block.decode())
        if not message.get("more_body", False):
            self._blocks.put_nowait(None)

    async def started(self) -> None:
        async with asyncio.timeout(patient(WITHIN_S)):
            await self._started.wait()


@asynccontextmanager
async def following(
    app: ASGIApp, *, user: str = "ann", last_id: int | None = None, method: str = "GET", **query: str
) -> AsyncIterator[EventStream]:
    """The answer, once it has begun; at the end the client goes away."""
    headers = [(b"authorization", f"Bearer {user}".encode())]
    if last_id is not None:
        headers.append((b"last-event-id", str(last_id).encode()))
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "path": PATH,
        "raw_path": PATH.encode(),
        "root_path": "",
        "scheme": "http",
        "query_string": urlencode(query).encode(),
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    gone = asyncio.Event()
    sent_body = False

    async def receive() -> Message:
        nonlocal sent_body
        if not sent_body:
            sent_body = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await gone.wait()
        return {"type": "http.disconnect"}

    stream = EventStream()
    stream.is_read.set()
    answering = asyncio.ensure_future(app(scope, receive, stream.send))
    try:
        await stream.started()
        yield stream
    finally:
        gone.set()
        stream.is_read.set()
        async with asyncio.timeout(patient(WITHIN_S)):
            await answering
