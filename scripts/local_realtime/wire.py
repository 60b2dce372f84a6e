"""One WebSocket as the shell sees it, with ways to misbehave."""

from __future__ import annotations

import asyncio
import contextlib
import socket as sockets
import struct
from typing import Final

import aiohttp
from aiohttp import web

CLOSE_TIMEOUT_S: Final = 1.0
"""How long a client may take to answer a close frame."""
_ABNORMAL: Final = 1006

_CLOSED = (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSING, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR)


class Wire:
    """Sends and receives text frames."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self._socket = socket
        self._transport = request.transport
        self._readable = asyncio.Event()
        self._readable.set()
        self.muted = False
        """While true, frames are swallowed."""
        self.closed = False
        self._closed_with: int | None = None

    @property
    def close_code(self) -> int | None:
        """The code that the connection ended with; 1006 for none."""
        return self._closed_with or self._socket.close_code or (_ABNORMAL if self.closed else None)

    async def receive(self) -> str | None:
        """The next text frame; None when the connection is over, whoever ended it."""
        while not self.closed:
            message = await self._socket.receive()
            if message.type in _CLOSED:
                self.closed = True
            await self._readable.wait()
            if message.type == aiohttp.WSMsgType.TEXT and not self.closed:
                return str(message.data)
        return None

    async def send(self, text: str) -> None:
        """Send a text frame. A client that is gone is noticed by ``receive``, not here."""
        if not self.muted and not self.closed:
            with contextlib.suppress(ConnectionError):
                await self._socket.send_str(text)

    async def close(self, code: int, reason: str = "") -> None:
        """Close with a code; 1006 resets the TCP connection."""
        if code == _ABNORMAL:
            self.reset()
            return
        self.resume_reading()
        self.closed, self._closed_with = True, code
        await self._socket.close(code=code, message=reason.encode())

    def reset(self) -> None:
        """End the TCP connection with a reset."""
        self.closed = True
        reset_transport(self._transport)
        self.resume_reading()

    def stop_reading(self) -> None:
        """Take nothing more from the socket: frames and pings wait in the kernel."""
        self._readable.clear()
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read again."""
        if not self._readable.is_set():
            self._readable.set()
            if self._transport is not None and not self._transport.is_closing():
                self._transport.resume_reading()


def reset_transport(transport: asyncio.BaseTransport | None) -> None:
    """End a TCP connection so that the peer sees a reset and no close."""
    if transport is None or transport.is_closing():
        return
    socket = transport.get_extra_info("socket")
    if socket is not None:
        # zero linger makes the kernel send RST in place of FIN
        with contextlib.suppress(OSError):
            socket.setsockopt(sockets.SOL_SOCKET, sockets.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()  # type: ignore[attr-defined]
