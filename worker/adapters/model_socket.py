"""What the plugin gets for its `aiohttp.ClientSession` and for its WebSocket.

It needs one method of the one and three of the other (tests/unit/worker/test_private_names.py holds it to that), so
both can be stood in for:

- The connection has a heartbeat, and the statuses of a refused handshake are told apart: the plugin would try a bad
  key again as if it could pass.
- The audio of an answer goes past the plugin. It would decode each piece once more and keep it in a channel that
  nobody reads until the answer is over.
- After each piece of audio the loop gets a turn. An answer comes in a burst, and what was read first would else be
  played only when the last of it was read, and the other calls would wait for it, too.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import aiohttp
from livekit.agents import APIStatusError

HEARTBEAT_S = 4.0
"""A ping each 4 s, its answer within 2: a half-open socket is found in 6 s (without: 72 s of dead air, measured)."""
CLOSE_S = 1.0
_AUDIO = "response.output_audio.delta"
_TYPE_WITHIN = 128
"""The type is looked for in so many characters of a text. Where it comes later, the plugin reads the event, too."""


class ModelHttp:
    """The part of an `aiohttp.ClientSession` that the plugin uses."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        *,
        on_open: Callable[[aiohttp.ClientWebSocketResponse], None],
        on_audio: Callable[[dict[str, Any]], None],
    ) -> None:
        """`on_audio` gets each ``response.output_audio.delta`` as it came."""
        self._http = http
        self._on_open = on_open
        self._on_audio = on_audio

    async def ws_connect(self, url: str, headers: dict[str, str]) -> ModelSocket:
        try:
            socket = await self._http.ws_connect(
                url,
                headers=headers,
                heartbeat=HEARTBEAT_S,
                max_msg_size=0,
                timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_S),
            )
        except aiohttp.WSServerHandshakeError as error:
            raise APIStatusError(
                "the model refused the connection",
                status_code=error.status,
                retryable=error.status >= 500,
            ) from None
        self._on_open(socket)
        return ModelSocket(socket, self._on_audio)


class ModelSocket:
    """The part of an `aiohttp.ClientWebSocketResponse` that the plugin uses."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, on_audio: Callable[[dict[str, Any]], None]) -> None:
        self._socket = socket
        self._on_audio = on_audio

    async def receive(self) -> aiohttp.WSMessage:
        """The next message that the plugin is to see."""
        while (event := _audio_event(message := await self._socket.receive())) is not None:
            self._on_audio(event)
            await asyncio.sleep(0)
        return message

    async def send_str(self, text: str) -> None:
        await self._socket.send_str(text)

    async def close(self) -> bool:
        return await self._socket.close()


def _audio_event(message: aiohttp.WSMessage) -> dict[str, Any] | None:
    if message.type is not aiohttp.WSMsgType.TEXT or message.data.find(_AUDIO, 0, _TYPE_WITHIN) < 0:
        return None
    try:
        event = json.loads(message.data)
    except ValueError:
        return None
    return event if isinstance(event, dict) and event.get("type") == _AUDIO else None
