"""A TCP proxy on loopback that can misbehave: delay, swallow, cut, reset, refuse. Its target may change and be away."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
from collections.abc import AsyncIterator

_CHUNK = 65536


class TcpProxy:
    def __init__(self, target_port: int) -> None:
        self._target_port = target_port
        self._server: asyncio.Server | None = None
        self._port = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._healed = asyncio.Event()
        self._healed.set()
        self.is_refusing = False
        """New connections are reset at once."""
        self.loses = 0.0
        """Of what clients send, this share is lost, and all connections are reset with it."""
        self.delay_s = 0.0
        """Of what the server answers."""
        self.connections = 0
        self.replaces: tuple[bytes, bytes] | None = None
        """In what the server answers: these bytes by those, of the same length."""
        self.replaced = 0

    @property
    def port(self) -> int:
        if not self._port:
            raise RuntimeError("the proxy has not been started")
        return self._port

    @property
    def is_black_hole(self) -> bool:
        """Connections stand, and what is sent, either way, does not arrive: half open. What was swallowed is lost."""
        return not self._healed.is_set()

    @is_black_hole.setter
    def is_black_hole(self, value: bool) -> None:
        if value:
            self._healed.clear()
        else:
            self._healed.set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        if self._server is None:
            return
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    def cut(self, *, reset: bool = False) -> None:
        """End all connections that stand: orderly, or as a machine that has lost its memory ends them."""
        for writer in list(self._writers):
            if reset:
                reset_when_closed(writer)
            writer.close()

    def sever(self) -> None:
        """Reset what stands and refuse what comes, until `heal`."""
        self.is_refusing = True
        self.cut(reset=True)

    def heal(self) -> None:
        """Behave from now on. What fell into the black hole is gone, and its connections with it."""
        if self.is_black_hole:
            self.cut(reset=True)
        self.is_black_hole = self.is_refusing = False
        self.loses = self.delay_s = 0.0
        self.replaces = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_refusing:
            reset_when_closed(writer)
            writer.close()
            return
        task = asyncio.current_task()
        self._tasks |= {task} if task else set()
        self.connections += 1
        self._writers.add(writer)
        try:
            await self._join(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            self._writers.discard(writer)
            self._tasks -= {task}

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._target_port)
        self._writers.add(there_writer)
        try:
            await asyncio.gather(
                self._pump(reader, there_writer, is_answer=False),
                self._pump(there_reader, writer, is_answer=True),
                return_exceptions=True,
            )
        finally:
            there_writer.close()
            self._writers.discard(there_writer)

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, is_answer: bool) -> None:
        chunks = self._answers(source) if is_answer else _chunks(source)
        with contextlib.suppress(OSError):  # one side was reset, as a process is that is killed: the end of both
            async for chunk in chunks:
                if is_answer:
                    await asyncio.sleep(self.delay_s)
                    chunk = self._changed(chunk)
                elif random.random() < self.loses:  # noqa: S311 - a run can be repeated by its seed
                    self.cut(reset=True)
                    return
                if not self.is_black_hole:
                    sink.write(chunk)
                    await sink.drain()
        # In a black hole the end of a connection is not heard of either.
        await self._healed.wait()
        with contextlib.suppress(OSError):
            sink.close()

    def _answers(self, source: asyncio.StreamReader) -> AsyncIterator[bytes]:
        """What the server answers, in the pieces and at the times in which it is passed on."""
        return _chunks(source)

    def _changed(self, chunk: bytes) -> bytes:
        if self.replaces is None:
            return chunk
        self.replaced += chunk.count(self.replaces[0])
        return chunk.replace(*self.replaces)


async def _chunks(source: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while chunk := await source.read(_CHUNK):
        yield chunk


def reset_when_closed(writer: asyncio.StreamWriter) -> None:
    """Its connection will end as that of a process which is killed with something unread."""
    raw = writer.get_extra_info("socket")
    if raw is not None:
        with contextlib.suppress(OSError):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@contextlib.asynccontextmanager
async def tcp_proxy(target_port: int) -> AsyncIterator[TcpProxy]:
    proxy = TcpProxy(target_port)
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop()
