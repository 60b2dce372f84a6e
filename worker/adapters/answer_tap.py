"""The model's WebSocket, with the audio of answers taken out before the plugin reads it.

The plugin would decode each piece once more and keep it in a channel that nobody reads until the answer is over. And
an answer comes in a burst: without a turn of the loop after each piece, what came first would be played when the last
of it was read, and the other calls would wait for that, too.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import aiohttp

_AUDIO = "response.output_audio.delta"
_TYPE_WITHIN = 128
"""The type is looked for in so many characters of a text. Where it comes later, the plugin reads the event, too."""


class AnswerTap:
    """The part of an `aiohttp.ClientWebSocketResponse` that the plugin uses."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, on_audio: Callable[[dict[str, Any]], None]) -> None:
        """`on_audio` gets each ``response.output_audio.delta``, in its order among what `receive` gives."""
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
