"""The proxy of the fault suite, against an echo."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from scripts.faults.frame_proxy import FrameProxy, frame_proxy
from scripts.faults.tcp_proxy import TcpProxy, reset_when_closed, tcp_proxy


@asynccontextmanager
async def echo_behind_a_proxy() -> AsyncIterator[TcpProxy]:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(100):
            writer.write(chunk)
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with tcp_proxy(server.sockets[0].getsockname()[1]) as proxy:
        yield proxy
    server.close()
    await server.wait_closed()


async def said_back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, within_s: float = 5) -> bytes:
    writer.write(b"hello")
    async with asyncio.timeout(within_s):
        return await reader.read(100)


async def test_it_is_not_noticed_while_it_behaves() -> None:
    async with echo_behind_a_proxy() as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        assert await said_back(reader, writer) == b"hello"
        writer.close()


async def test_what_it_swallows_is_lost_and_the_connection_stands_until_it_is_healed() -> None:
    async with echo_behind_a_proxy() as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        proxy.is_black_hole = True
        with pytest.raises(TimeoutError):
            await said_back(reader, writer, within_s=0.2)
        proxy.heal()
        with pytest.raises(ConnectionResetError):
            await said_back(reader, writer)
        writer.close()


async def test_severed_it_resets_what_stands_and_what_comes() -> None:
    async with echo_behind_a_proxy() as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        assert await said_back(reader, writer) == b"hello"
        proxy.sever()
        with pytest.raises(ConnectionResetError):
            await said_back(reader, writer)
        writer.close()
        with pytest.raises(ConnectionResetError):
            await said_back(*await asyncio.open_connection("127.0.0.1", proxy.port))
        proxy.heal()
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        assert await said_back(reader, writer) == b"hello"
        writer.close()


async def test_a_client_that_is_reset_is_reset_for_the_server_too() -> None:
    """As one that is killed with something unread: the server hears of it, though it has nothing to say itself."""
    there, gone = asyncio.Event(), asyncio.Event()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there.set()
        await reader.read()
        gone.set()
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    async with tcp_proxy(server.sockets[0].getsockname()[1]) as proxy:
        _, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        async with asyncio.timeout(5):
            await there.wait()
            reset_when_closed(writer)
            writer.close()
            await gone.wait()
    server.close()
    await server.wait_closed()


async def test_an_orderly_cut_is_an_end_of_the_stream() -> None:
    async with echo_behind_a_proxy() as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        assert await said_back(reader, writer) == b"hello"
        proxy.cut()
        async with asyncio.timeout(5):
            assert await reader.read(100) == b""
        writer.close()


FRAMES = b"\x82\x05first" + b"\x82\x7e\x00\xc8" + b"s" * 200 + b"\x82\x7f" + (70_000).to_bytes(8, "big") + b"t" * 70_000
FIRST = len(b"\x82\x05first")


@asynccontextmanager
async def websocket_behind_a_proxy(status: bytes) -> AsyncIterator[tuple[FrameProxy, bytes]]:
    """And all that the server says."""
    said = b"HTTP/1.1 " + status + b"\r\nServer: test\r\n\r\n" + FRAMES

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with frame_proxy(server.sockets[0].getsockname()[1]) as proxy:
        yield proxy, said
    server.close()
    await server.wait_closed()


async def test_what_follows_the_first_frame_is_held_up_and_then_all_comes_as_it_was() -> None:
    async with websocket_behind_a_proxy(b"101 Switching Protocols") as (proxy, said):
        proxy.hold_s = 0.2
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        async with asyncio.timeout(5):
            first = await reader.readexactly(said.index(b"\r\n\r\n") + 4 + FIRST)
            assert proxy.let_go == 0, "the first frame did not wait for the others"
            assert first + await reader.read() == said
        assert proxy.let_go == 1
        writer.close()


@pytest.mark.parametrize(("status", "hold_s"), [(b"200 OK", 60.0), (b"101 Switching Protocols", 0.0)])
async def test_nothing_else_is_held_up(status: bytes, hold_s: float) -> None:
    async with websocket_behind_a_proxy(status) as (proxy, said):
        proxy.hold_s = hold_s
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        async with asyncio.timeout(5):
            assert await reader.read() == said
        assert proxy.let_go == 0
        writer.close()


async def test_who_is_healed_holds_nothing_up() -> None:
    async with websocket_behind_a_proxy(b"101 Switching Protocols") as (proxy, _):
        proxy.hold_s = 60.0
        proxy.heal()
        assert proxy.hold_s == 0
