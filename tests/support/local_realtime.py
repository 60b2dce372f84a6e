"""The local Realtime server inside a test's own process, and a bare client for its protocol."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from scripts.local_realtime.script import parse_script
from scripts.local_realtime.server import Options, Server
from scripts.local_realtime.voice import synthesize
from tests.support.until import patient

SILENCE_100_MS = bytes(4800)
CHUNK_BYTES = 4800
ANSWER_LIMIT_S = 10.0
"""An answer takes milliseconds after the endpoint, but other work may share the machine's cores."""


@dataclass
class RunningServer:
    """A server on loopback that checks every frame it sends."""

    server: Server
    port: int

    @property
    def http_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws_url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/v1"


@asynccontextmanager
async def running_server(
    script: dict[str, Any] | None = None, *, control: bool = False, key: str | None = None
) -> AsyncIterator[RunningServer]:
    """Start, serve, stop; fails when a frame did not fit the SDK's models."""
    server = Server(Options(key=key, control=control, strict=True))
    await server.load(parse_script(script or {}))
    runner = web.AppRunner(server.application(), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield RunningServer(server, runner.addresses[0][1])
    finally:
        await runner.cleanup()
    assert not server.wrong_frames, server.wrong_frames


@dataclass
class RawClient:
    """Sends events as dictionaries and remembers all that came."""

    socket: aiohttp.ClientWebSocketResponse
    events: list[dict[str, Any]] = field(default_factory=list)
    close_code: int | None = None

    async def send(self, kind: str, **fields: Any) -> None:
        await self.socket.send_str(json.dumps({"type": kind, **fields}))

    async def send_audio(self, pcm: bytes) -> None:
        """In chunks of 100 ms, as fast as it goes: audio time is what the server counts."""
        for at in range(0, len(pcm), CHUNK_BYTES):
            chunk = base64.b64encode(pcm[at : at + CHUNK_BYTES]).decode()
            await self.send("input_audio_buffer.append", audio=chunk)

    async def say(self, text: str) -> None:
        """A sentence, with the silence that ends the turn."""
        await self.send_audio(SILENCE_100_MS * 2 + synthesize(text) + SILENCE_100_MS * 10)

    async def receive(self, limit_s: float = ANSWER_LIMIT_S) -> dict[str, Any] | None:
        """The next event; None when the connection was closed."""
        async with asyncio.timeout(patient(limit_s)):
            message = await self.socket.receive()
        if message.type != aiohttp.WSMsgType.TEXT:
            self.close_code = self.socket.close_code
            return None
        event: dict[str, Any] = json.loads(message.data)
        self.events.append(event)
        return event

    async def wait_for_quiet(self, quiet_s: float = 0.4) -> None:
        """Receive until nothing came for a while, which is how one sees that something does not come."""
        with contextlib.suppress(TimeoutError):
            while await self.receive(quiet_s) is not None:
                pass

    async def wait_for(self, kind: str, limit_s: float = ANSWER_LIMIT_S) -> dict[str, Any]:
        """Receive until an event of that type comes."""
        while (event := await self._receive_or_say(kind, limit_s)) is not None:
            if event["type"] == kind:
                return event
        raise AssertionError(f"closed with {self.close_code} before {kind}; had {self.kinds()}")

    async def wait_for_close(self, limit_s: float = ANSWER_LIMIT_S) -> int | None:
        """Receive until the connection is closed; its code."""
        while await self._receive_or_say("close", limit_s) is not None:
            pass
        return self.close_code

    async def _receive_or_say(self, kind: str, limit_s: float) -> dict[str, Any] | None:
        try:
            return await self.receive(limit_s)
        except TimeoutError:
            raise AssertionError(f"no {kind} within {limit_s} s; had {self.kinds()}") from None

    def kinds(self) -> list[str]:
        """The types so far, audio and transcript deltas once each."""
        kinds = [event["type"] for event in self.events]
        return [kind for at, kind in enumerate(kinds) if not (kind.endswith(".delta") and kind in kinds[:at])]

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The events of a type."""
        return [event for event in self.events if event["type"] == kind]

    def audio(self) -> bytes:
        """All audio that came."""
        return b"".join(base64.b64decode(event["delta"]) for event in self.of("response.output_audio.delta"))


@asynccontextmanager
async def raw_client(
    running: RunningServer, model: str = "gpt-realtime", query: dict[str, str] | None = None, key: str = "test"
) -> AsyncIterator[RawClient]:
    """Connect. A refused handshake raises aiohttp.WSServerHandshakeError."""
    async with aiohttp.ClientSession() as http:
        headers = {"Authorization": f"Bearer {key}"}
        params = {"model": model, **(query or {})}
        async with http.ws_connect(f"{running.ws_url}/realtime", headers=headers, params=params) as socket:
            yield RawClient(socket)


async def until(condition: Callable[[], bool], why: str, limit_s: float = ANSWER_LIMIT_S) -> None:
    """Let the loop run until a condition holds; ``why`` says what did not come."""
    try:
        async with asyncio.timeout(patient(limit_s)):
            while not condition():  # noqa: ASYNC110 - the condition is any, so nothing can set an event
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"not within {limit_s} s: {why}") from None
