"""The model's WebSocket, with its events taken out before the plugin reads them.

The plugin reads each event as the SDK's types say, so that one odd field costs it the event and an event without a type
costs the session; it writes what it could not read into the log, words and all; and it keeps answers in channels that
nobody reads. So it sees only that the connection has ended.

An answer comes in a burst: without a turn of the loop after each piece, what came first would be played when the last
of it was read, and the other calls would wait for that, too.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import aiohttp

from shared.log import get_logger

_log = get_logger(__name__)


class AnswerTap:
    """The part of an `aiohttp.ClientWebSocketResponse` that the plugin uses."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, on_event: Callable[[dict[str, Any]], None]) -> None:
        """`on_event` gets each event, in order."""
        self._socket = socket
        self._on_event = on_event

    async def receive(self) -> aiohttp.WSMessage:
        """The next message that is no event."""
        while (message := await self._socket.receive()).type is aiohttp.WSMsgType.TEXT:
            event = _event(message.data)
            if event is None:
                _log.warning("the model sent what is no event", size_chars=len(message.data))
            else:
                self._on_event(event)
            await asyncio.sleep(0)
        return message

    async def send_str(self, text: str) -> None:
        await self._socket.send_str(text)

    async def close(self) -> bool:
        return await self._socket.close()


def _event(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
