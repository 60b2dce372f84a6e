"""Clients of ``GET /api/voice/events``, and how long an event takes to them: from the worker's report on its way out of
this process to the frame in it."""

from __future__ import annotations

import asyncio
import json
import re
import time
from array import array
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import cast

from scripts.bench_api.load import Connection, LoadFailed
from scripts.bench_api.requests import following, report

_TURN = re.compile(rb'"kind":"turn".*?"turn":(\d+)')
LATE_S = 5.0
"""How long the last event is waited for."""


@dataclass
class Arrivals:
    sent_s: dict[int, float] = field(default_factory=dict)
    """By the number of the turn that was reported."""
    latencies_ms: array[float] = field(default_factory=lambda: array("d"))
    expected: int | None = None
    """How many there will be; None: not known yet."""
    _arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, turn: int) -> None:
        self.latencies_ms.append((time.perf_counter() - self.sent_s[turn]) * 1000)
        self._arrived.set()

    async def complete(self, within_s: float) -> None:
        """When all have arrived, or none has for so long."""
        with suppress(TimeoutError):
            while len(self.latencies_ms) != self.expected:
                self._arrived.clear()
                await asyncio.wait_for(self._arrived.wait(), within_s)

    def percentile_ms(self, share: float) -> float:
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class Follower(asyncio.Protocol):
    def __init__(self, arrivals: Arrivals, request: bytes) -> None:
        self._arrivals = arrivals
        self._request = request
        self._received = b""
        self._transport: asyncio.WriteTransport | None = None
        self.ready = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        *frames, self._received = self._received.split(b"\n\n")
        for frame in frames:
            if b"event: ready" in frame and not self.ready.done():
                self.ready.set_result(None)
            found = _TURN.search(frame)
            if found is not None:
                self._arrivals.note(int(found[1]))

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(LoadFailed(f"a stream was not opened: {self._received[:300]!r}"))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


async def followed(
    port: int, worker_token: str, tokens: Sequence[str], admins: int, call_ids: Sequence[str], *, seconds: float
) -> Arrivals:
    """A turn of one call after the other is reported, 40 a second; its caller and all admins hear of it. `tokens`: of
    each call's caller, then of the admins."""
    arrivals = Arrivals()
    loop = asyncio.get_running_loop()
    followers = [Follower(arrivals, following(token)) for token in tokens]
    for follower in followers:
        await loop.create_connection(partial(_same, follower), "127.0.0.1", port)
    await asyncio.gather(*(follower.ready for follower in followers))
    _, link = await loop.create_connection(Connection, "127.0.0.1", port)
    try:
        count = await _report(link, worker_token, call_ids, arrivals, seconds)
        arrivals.expected = count * (1 + admins)
        await arrivals.complete(LATE_S)
        return arrivals
    finally:
        link.close()
        for follower in followers:
            follower.close()


def _same(follower: Follower) -> Follower:
    return follower


async def _report(
    link: Connection, worker_token: str, call_ids: Sequence[str], arrivals: Arrivals, seconds: float
) -> int:
    started, number = time.perf_counter(), 0
    while (planned := started + number / 40) < started + seconds:
        if (ahead := planned - time.perf_counter()) > 0:
            await asyncio.sleep(ahead)
        arrivals.sent_s[number] = time.perf_counter()
        status = await link.ask(report(worker_token, call_ids[number % len(call_ids)], number))
        if status != 200 or json.loads(link.body)["rejected"]:
            raise LoadFailed(f"a report was answered {status}: {link.body[:300]!r}")
        number += 1
    return number
