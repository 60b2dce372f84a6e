"""Row 37 of the faults: 500 clients that send a byte a second do not slow a good one, and do not stay."""

from __future__ import annotations

import asyncio
import statistics
import time
from contextlib import suppress
from pathlib import Path

import httpx2

from tests.support.api_client import SESSION
from tests.support.api_process import ApiProcess, running_api

SLOW_CLIENTS = 500
REQUESTS = 150
REQUEST_S = 10
"""What `http_limits` gives a request; a slow client is gone a little later."""
WORSE_AT_MOST = 10
"""Times the median without them. Of the slowest ones a machine that also runs the 500 and other tests says nothing."""
MANY = "1000000"


async def latencies_ms(api: ApiProcess, token: str) -> list[float]:
    """Of a good client's reads through sign-in, limit and database, one after the other."""
    found = []
    async with httpx2.AsyncClient(base_url=api.url, headers={"Authorization": f"Bearer {token}"}) as http:
        for _ in range(REQUESTS):
            started = time.perf_counter()
            answer = await http.get(SESSION)
            found.append((time.perf_counter() - started) * 1000)
            assert answer.status_code == 200
    return sorted(found)


async def slow_client(port: int, number: int, connected: asyncio.Semaphore) -> float:
    """Sends a byte a second, of the head or of a body, until it is thrown out; returns after how many seconds."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    connected.release()
    started = time.monotonic()
    begun = b"GET / HTTP/1.1\r\nA: " if number % 2 else b"POST / HTTP/1.1\r\nContent-Length: 1000\r\n\r\n"
    writer.write(begun)
    try:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    if await reader.read() is not None:
                        return time.monotonic() - started
            writer.write(b"x")
    except ConnectionError:
        return time.monotonic() - started
    finally:
        writer.close()


def p99(sorted_ms: list[float]) -> float:
    return sorted_ms[int(len(sorted_ms) * 0.99)]


def told(name: str, sorted_ms: list[float]) -> None:
    print(f"{name:12} p50 {statistics.median(sorted_ms):6.1f} ms   p99 {p99(sorted_ms):6.1f} ms")


async def test_slow_clients_do_not_slow_a_good_one(tmp_path: Path) -> None:
    with running_api(tmp_path, VOICE_RATE_READ_PER_15_MIN=MANY) as api:
        token = api.token("ann")
        await latencies_ms(api, token)
        alone = await latencies_ms(api, token)
        connected = asyncio.Semaphore(0)
        slow = [asyncio.create_task(slow_client(api.port, number, connected)) for number in range(SLOW_CLIENTS)]
        for _ in slow:
            await connected.acquire()
        among_them = await latencies_ms(api, token)
        stayed_s = await asyncio.gather(*slow)
    told("alone", alone)
    told("among 500", among_them)
    print(f"slow clients stayed {min(stayed_s):.1f} to {max(stayed_s):.1f} s")
    assert min(stayed_s) >= REQUEST_S * 0.9, "they were given their time"
    assert statistics.median(among_them) <= WORSE_AT_MOST * statistics.median(alone)


async def test_an_endless_body_is_refused_while_it_streams(tmp_path: Path) -> None:
    """1 GB in chunks: the answer comes after the first MiB."""
    with running_api(tmp_path, VOICE_RATE_READ_PER_15_MIN=MANY) as api:
        reader, writer = await asyncio.open_connection("127.0.0.1", api.port)
        head = (
            f"POST {SESSION} HTTP/1.1\r\nAuthorization: Bearer {api.token('ann')}\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        writer.write(head.encode())
        chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        sent_mib = 0.0
        answer = asyncio.create_task(reader.readuntil(b"\r\n\r\n"))
        while not answer.done() and sent_mib < 1024:
            writer.write(chunk)
            sent_mib += 1 / 16
            await writer.drain()
        assert (await answer).startswith(b"HTTP/1.1 413 ")
        assert sent_mib < 64, "what the sockets between us hold, and no more"
        writer.close()
