"""The process's one connection to the API: says which calls live here once a second, and takes commands.

It runs on the loop that carries the audio, on purpose: a loop that is blocked is silent here too.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable

import aiohttp

from shared import wire, worker_link
from shared.clock import Clock
from shared.log import get_logger
from shared.worker_link import Ack, Command, Heartbeat, Hello, Welcome, WorkerMessage

CONNECT_S = 5.0
RETRY_MIN_S = 0.2
RETRY_MAX_S = 5.0
PING_S = 5.0
"""A half-open connection is found by this; heartbeats alone would go into the void."""

_log = get_logger(__name__)


class WorkerLink:
    def __init__(
        self,
        *,
        http: aiohttp.ClientSession,
        base_url: str,
        token: str,
        hello: Hello,
        heartbeat: Callable[[], Heartbeat],
        on_command: Callable[[Command], None],
        on_connected: Callable[[], None],
        clock: Clock,
    ) -> None:
        """`heartbeat` says what is true now; `on_command` and `on_connected` must return at once."""
        self._http = http
        self._url = base_url.rstrip("/") + worker_link.PATH
        self._headers = {"Authorization": f"Bearer {token}"}
        self._hello = hello
        self._heartbeat = heartbeat
        self._on_command = on_command
        self._on_connected = on_connected
        self._clock = clock
        self._interval_s = worker_link.HEARTBEAT_S
        self._socket: aiohttp.ClientWebSocketResponse | None = None
        self.connected = False
        """The API has answered our hello and the connection stands."""

    async def run(self) -> None:
        """Stay connected until cancelled."""
        retry_s = RETRY_MIN_S
        while True:
            problem = await self._try_to_serve()
            if self.connected or retry_s == RETRY_MIN_S:
                # Once per outage: what follows are the same words again.
                _log.warning("no connection to the API, trying again", problem=problem)
                retry_s = RETRY_MIN_S
            self.connected, self._socket = False, None
            await self._clock.sleep(retry_s * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
            retry_s = min(retry_s * 2, RETRY_MAX_S)

    async def beat(self) -> None:
        """Tell now what is true now (a drain has begun, a call is over), not with the next second."""
        if self._socket is not None and self.connected:
            with contextlib.suppress(aiohttp.ClientError, OSError):
                await self._say(self._socket, self._heartbeat())

    async def _try_to_serve(self) -> str:
        """Until the connection is gone; why it is."""
        try:
            await self._serve_one_connection()
        except aiohttp.WSServerHandshakeError as error:
            return f"status {error.status}"
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return type(error).__name__
        return "closed"

    async def _serve_one_connection(self) -> None:
        async with asyncio.timeout(CONNECT_S):
            socket = await self._http.ws_connect(
                self._url,
                headers=self._headers,
                heartbeat=PING_S,
                max_msg_size=worker_link.MAX_BYTES,
                timeout=aiohttp.ClientWSTimeout(ws_close=1.0),
            )
        async with socket:
            self._socket = socket
            await self._say(socket, self._hello)
            beating = asyncio.create_task(self._beat_regularly(socket))
            try:
                async for message in socket:
                    if message.type is aiohttp.WSMsgType.TEXT:
                        await self._received(socket, message.data)
            finally:
                beating.cancel()
                await asyncio.gather(beating, return_exceptions=True)

    async def _beat_regularly(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        while True:
            await self._say(socket, self._heartbeat())
            await self._clock.sleep(self._interval_s)

    async def _received(self, socket: aiohttp.ClientWebSocketResponse, text: str) -> None:
        try:
            message = worker_link.parse_api_message(text)
        except wire.WireError as error:
            _log.warning("the API said something that cannot be read", problem=str(error))
            return
        match message:
            case Welcome():
                self._interval_s = message.heartbeat_s
                # What has changed since the first heartbeat (the model takes calls) was told to nobody.
                await self._say(socket, self._heartbeat())
                self.connected = True
                _log.info("connected to the API")
                self._on_connected()
            case Command():
                self._on_command(message)
                await self._say(socket, Ack(message.command_id))
            case None:
                pass

    @staticmethod
    async def _say(socket: aiohttp.ClientWebSocketResponse, message: WorkerMessage) -> None:
        await socket.send_str(wire.dumps(message.to_wire()))
