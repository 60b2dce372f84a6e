"""A load generator: keep-alive connections, each with one request under way, over loopback.

Closed loop (`saturate`): each connection asks again as soon as it is answered; tells what the server can do. Open loop
(`paced`): requests depart by the clock, whether or not earlier ones are answered, and latency counts from the planned
departure, so that a server that stalls cannot hide it.
"""

from __future__ import annotations

import asyncio
import time
from array import array
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

Request = Callable[[int], bytes]
"""The bytes of the n-th request."""


class LoadFailed(Exception):
    """The text is a sentence."""


@dataclass
class Result:
    seconds: float = 0.0
    latencies_ms: array[float] = field(default_factory=lambda: array("d"))
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        return len(self.latencies_ms)

    @property
    def per_second(self) -> float:
        return self.count / self.seconds

    def percentile_ms(self, share: float) -> float:
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    def expect(self, status: int) -> Result:
        """Raises `LoadFailed` unless every answer had this status."""
        if set(self.statuses) != {status}:
            raise LoadFailed(f"answers other than {status}: {dict(self.statuses)}")
        return self


class Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self._transport: asyncio.WriteTransport | None = None
        self._received = b""
        self.body = b""
        """Of the last answer."""
        self._answer: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)  # uvloop's is one by behaviour only

    def ask(self, request: bytes) -> asyncio.Future[int]:
        """Its status."""
        if self._transport is None:
            raise LoadFailed("a connection was used before it was made")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._received += data
        head_end = self._received.find(b"\r\n\r\n")
        if head_end < 0 or self._answer is None:
            return
        start = self._received.find(b"content-length: ")
        length = int(self._received[start + 16 : self._received.find(b"\r", start)])
        if len(self._received) >= head_end + 4 + length:
            status = int(self._received[9:12])
            self.body = self._received[head_end + 4 :]
            self._received = b""
            self._answer.set_result(status)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(LoadFailed("the server closed a connection in the middle of a request"))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


async def _connected(port: int, connections: int) -> list[Connection]:
    loop = asyncio.get_running_loop()
    return [(await loop.create_connection(Connection, "127.0.0.1", port))[1] for _ in range(connections)]


async def saturate(
    port: int, request: Request, *, connections: int, seconds: float | None = None, count: int | None = None
) -> Result:
    """Until `seconds` are over or `count` requests are answered."""
    links = await _connected(port, connections)
    result, number = Result(), 0
    started = time.perf_counter()
    until = float("inf") if seconds is None else started + seconds

    async def ask_again_and_again(link: Connection) -> None:
        nonlocal number
        while (now := time.perf_counter()) < until and (count is None or number < count):
            number += 1
            status = await link.ask(request(number - 1))
            result.latencies_ms.append((time.perf_counter() - now) * 1000)
            result.statuses[status] += 1

    try:
        await asyncio.gather(*(ask_again_and_again(link) for link in links))
    finally:
        for link in links:
            link.close()
    result.seconds = time.perf_counter() - started
    return result


async def paced(port: int, request: Request, *, connections: int, seconds: float, per_second: float) -> Result:
    links = await _connected(port, connections)
    result, number = Result(), 0
    started = time.perf_counter()

    async def ask_on_time(link: Connection) -> None:
        nonlocal number
        while (planned := started + number / per_second) < started + seconds:
            number += 1
            mine = number - 1
            if (ahead := planned - time.perf_counter()) > 0:
                await asyncio.sleep(ahead)
            status = await link.ask(request(mine))
            result.latencies_ms.append((time.perf_counter() - planned) * 1000)
            result.statuses[status] += 1

    try:
        await asyncio.gather(*(ask_on_time(link) for link in links))
    finally:
        for link in links:
            link.close()
    result.seconds = time.perf_counter() - started
    return result
