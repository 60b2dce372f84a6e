"""A proxy in LiveKit's signalling that knows WebSocket frames: it can hold up what a resumed connection brings.

A client whose signalling was cut connects anew and is told at once that it is resumed; who else is in the room it is
told in the frames behind that one. When these are 3 s late, the SDK takes everybody for gone, and makes them anew when
the frames come: with their microphones, but without the tracks, which never went away (livekit 1.1.21).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

from scripts.faults.tcp_proxy import TcpProxy

_HEAD_ENDS = b"\r\n\r\n"
_SWITCHED = b"HTTP/1.1 101 "
_LENGTH_BYTES = {126: 2, 127: 8}
"""How many bytes have the length of a frame, by what stands in its place."""


class FrameProxy(TcpProxy):
    def __init__(self, target_port: int) -> None:
        super().__init__(target_port)
        self.hold_s = 0.0
        """Of a WebSocket that begins from now on, what the server says behind its first frame comes so much later."""
        self.let_go = 0
        """Of how many connections what was held up has come."""

    def heal(self) -> None:
        super().heal()
        self.hold_s = 0.0

    async def _answers(self, source: asyncio.StreamReader) -> AsyncIterator[bytes]:
        if self.hold_s:
            with contextlib.suppress(asyncio.IncompleteReadError):  # it has ended: what it said whole was passed on
                head = await source.readuntil(_HEAD_ENDS)
                yield head
                if head.startswith(_SWITCHED):
                    yield await _frame(source)
                    second = await _frame(source)
                    await asyncio.sleep(self.hold_s)
                    self.let_go += 1
                    yield second
        async for chunk in super()._answers(source):
            yield chunk


async def _frame(source: asyncio.StreamReader) -> bytes:
    """One frame of a server, with its head. Raises `asyncio.IncompleteReadError`."""
    head = await source.readexactly(2)
    if (more := _LENGTH_BYTES.get(head[1] & 127)) is None:
        return head + await source.readexactly(head[1] & 127)
    length = await source.readexactly(more)
    return head + length + await source.readexactly(int.from_bytes(length, "big"))


@contextlib.asynccontextmanager
async def frame_proxy(target_port: int) -> AsyncIterator[FrameProxy]:
    proxy = FrameProxy(target_port)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()
