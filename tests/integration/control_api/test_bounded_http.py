"""The limits that hold before a request is routed, over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from control_api.http_limits import HttpLimits
from tests.support.raw_http import Served, served
from tests.support.until import until

SMALL = HttpLimits(
    max_url_bytes=100, max_head_bytes=1000, max_header_fields=10, request_s=2.0, unread_s=1.0, linger_s=0.5
)


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope, receive)
    body = await request.body()
    if scope["path"] == "/large":
        await Response(b"x" * 50_000_000)(scope, receive, send)
    else:
        await PlainTextResponse(f"{request.method} {len(body)}")(scope, receive, send)


@pytest.fixture
async def server() -> AsyncIterator[Served]:
    async with served(app, SMALL) as running:
        yield running


async def refused(server: Served, request: bytes) -> tuple[int, str]:
    async with server.connected() as raw:
        raw.send(request)
        return await raw.refusal()


async def test_ordinary_requests_one_after_the_other_and_pipelined(server: Served) -> None:
    async with server.connected() as raw:
        get, post = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"
        for request, expected in ((get, b"GET 0"), (post, b"POST 3"), (get, b"GET 0")):
            raw.send(request)
            assert (await raw.answer())[2] == expected
        raw.send(get * 40 + post)
        assert [(await raw.answer())[2] for _ in range(41)] == [b"GET 0"] * 40 + [b"POST 3"]


async def test_a_request_that_arrives_in_pieces_within_the_time(server: Served) -> None:
    async with server.connected() as raw:
        for piece in (b"POST / HT", b"TP/1.1\r\nContent-Le", b"ngth: 4\r\n\r", b"\nab", b"cd"):
            raw.send(piece)
            await raw.writer.drain()
            await asyncio.sleep(0.05)  # so that they are pieces; nothing depends on it
        assert (await raw.answer())[2] == b"POST 4"


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        (b"GET /" + b"x" * 101 + b" HTTP/1.1\r\nHost: x\r\n\r\n", (414, "url_too_long")),
        (b"GET /" + b"x" * 101, (414, "url_too_long")),
        (b"GET / HTTP/1.1\r\nA: " + b"x" * 1000 + b"\r\n\r\n", (431, "headers_too_large")),
        (b"GET / HTTP/1.1\r\nA: " + b"x" * 1000, (431, "headers_too_large")),
        (b"GET / HTTP/1.1\r\n" + b"x" * 1000, (431, "headers_too_large")),
        (b"GET / HTTP/1.1\r\n" + b"A: 1\r\n" * 11 + b"\r\n", (431, "headers_too_large")),
        (b"POST / HTTP/1.1\r\nA: " + b"x" * 300_000, (431, "headers_too_large")),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"A: 1\r\n" * 20, (431, "headers_too_large")),
        (b"hello\r\n\r\n", (400, "invalid_request")),
        (b"GET / HTTP/9.9\r\n\r\n", (400, "invalid_request")),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", (400, "invalid_request")),
        (b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", (400, "invalid_request")),
    ],
    ids=lambda value: None if isinstance(value, bytes) else value[1],
)
async def test_what_is_too_large_or_no_http_is_told_so(
    server: Served, request_: bytes, expected: tuple[int, str]
) -> None:
    assert await refused(server, request_) == expected


async def test_a_head_that_grows_byte_by_byte_is_refused(server: Served) -> None:
    async with server.connected() as raw:
        raw.send(b"GET / HTTP/1.1\r\nA: ")
        for _ in range(100):
            raw.send(b"x" * 20)
            await raw.writer.drain()
            await asyncio.sleep(0)
        assert await raw.refusal() == (431, "headers_too_large")


@pytest.mark.parametrize(
    "begun",
    [
        b"GET / HTTP/1.1\r\nHost: x",
        b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc",
        b"GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n",
    ],
)
async def test_a_request_that_does_not_arrive_in_time_is_408(server: Served, begun: bytes) -> None:
    async with server.connected() as raw:
        started = asyncio.get_running_loop().time()
        raw.send(begun)
        if begun.count(b"GET") == 2:
            assert (await raw.answer())[0] == 200
        assert await raw.refusal() == (408, "request_too_slow")
        assert asyncio.get_running_loop().time() - started >= SMALL.request_s


async def test_bytes_now_and_then_do_not_buy_time(server: Served) -> None:
    async with server.connected() as raw:
        dripping = asyncio.create_task(_drip(raw.send))
        try:
            assert await raw.refusal() == (408, "request_too_slow")
        finally:
            dripping.cancel()


async def _drip(send: object) -> None:
    assert callable(send)
    send(b"GET / HTTP/1.1\r\nA: ")
    while True:
        send(b"x")
        await asyncio.sleep(0.1)


async def test_empty_lines_do_not_keep_a_connection(server: Served) -> None:
    async with server.connected() as raw:
        raw.send(b"GET / HTTP/1.1\r\n\r\n")
        assert (await raw.answer())[0] == 200
        raw.send(b"\r\n")
        assert await raw.refusal() == (408, "request_too_slow")


async def test_a_connection_that_says_nothing_is_closed_without_a_word(server: Served) -> None:
    async with server.connected() as raw:
        assert await raw.is_closed()


async def test_an_answer_that_nobody_reads_is_given_up() -> None:
    done = asyncio.Event()

    async def noticed(scope: Scope, receive: Receive, send: Send) -> None:
        await app(scope, receive, send)
        if (await receive())["type"] == "http.disconnect":
            done.set()

    async with served(noticed, SMALL) as server, server.connected() as raw:
        raw.reader._transport.pause_reading()  # type: ignore[attr-defined]
        raw.send(b"GET /large HTTP/1.1\r\n\r\n")
        async with asyncio.timeout(15):
            await done.wait()


async def test_a_refused_client_that_goes_on_sending_still_reads_why(server: Served) -> None:
    async with server.connected() as raw:
        raw.send(b"GET / HTTP/1.1\r\nA: " + b"x" * 5_000_000)
        assert await raw.refusal() == (431, "headers_too_large")


async def test_connections_beyond_the_limit_are_told_to_come_back() -> None:
    async with served(app, HttpLimits(max_connections=3)) as server, AsyncExitStack() as stack:
        for _ in range(3):
            raw = await stack.enter_async_context(server.connected())
            raw.send(b"GET / HTTP/1.1\r\n\r\n")
            assert (await raw.answer())[0] == 200
        async with server.connected() as one_more:
            status, headers, _ = await one_more.answer()
            assert (status, headers["retry-after"]) == (503, "5")
        raw.writer.close()
        await until(lambda: _is_served(server), "there is room again")


async def _is_served(server: Served) -> bool:
    async with server.connected() as raw:
        raw.send(b"GET / HTTP/1.1\r\n\r\n")
        return (await raw.answer())[0] == 200
