"""The link to the model when the model's server goes and comes, which the fake cannot show."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import aiohttp
import pytest

from scripts.local_realtime.script import Down, StopReading
from shared import pcm
from shared.call_state import EndReason
from shared.clock import SystemClock
from tests.contracts.worker.test_realtime_link import BRIEF
from tests.integration.worker.stack import until
from tests.support.local_realtime import RunningServer, running_server
from worker.adapters.model_socket import HEARTBEAT_S
from worker.adapters.realtime_link import OpenAiRealtimeLink, classify
from worker.ports import ModelAway, ModelEvent, ModelReady

FRAME_MS = 20
SILENCE = bytes(pcm.bytes_of(FRAME_MS))


class Line:
    def __init__(self, server: RunningServer, http: aiohttp.ClientSession) -> None:
        self.server = server
        self.events: list[ModelEvent] = []
        self.link = OpenAiRealtimeLink(
            http=http, api_key="sk-test", base_url=server.http_url + "/v1", clock=SystemClock()
        )

    def count(self, kind: type[ModelEvent]) -> int:
        return len([event for event in self.events if isinstance(event, kind)])

    async def keep_talking(self) -> None:
        """Frames in real time, until cancelled."""
        next_s = time.monotonic()
        while True:
            self.link.hear(SILENCE)
            next_s += FRAME_MS / 1000
            await asyncio.sleep(max(next_s - time.monotonic(), 0))


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    async with running_server({"turns": [{"says": "Yes."}]}) as server, aiohttp.ClientSession() as http:
        line = Line(server, http)
        yield line
        await line.link.aclose()


async def test_after_an_outage_the_model_hears_the_newest_second_only(line: Line) -> None:
    await line.link.open(BRIEF, line.events.append)
    talking = asyncio.create_task(line.keep_talking())
    await until("the session is open", lambda: line.count(ModelReady) > 0)
    ready = line.count(ModelReady)
    line.server.server.go_down(Down(kind="down", at_second=0, for_s=2.5))
    await until("the outage is noticed", lambda: line.count(ModelAway) > 0)
    began_s = time.monotonic()
    await until("the session is open again", lambda: line.count(ModelReady) > ready, limit_s=10)
    outage_ms = (time.monotonic() - began_s) * 1000
    talking.cancel()
    await asyncio.gather(talking, return_exceptions=True)
    assert outage_ms > 1500
    assert line.link.dropped_audio_ms == pytest.approx(outage_ms - 1000, abs=400)


async def test_a_model_that_is_only_half_there_is_noticed(line: Line) -> None:
    """Its socket stands and nobody reads it: only the heartbeat can tell (without one: over a minute of dead air)."""
    await line.link.open(BRIEF, line.events.append)
    talking = asyncio.create_task(line.keep_talking())
    await until("the session is open", lambda: line.count(ModelReady) > 0)
    ready = line.count(ModelReady)
    (connection,) = line.server.server.connections.values()
    connection.inject(StopReading(kind="stop_reading", at_second=0))
    await until("it is noticed", lambda: line.count(ModelAway) > 0, limit_s=HEARTBEAT_S * 1.5 + 2)
    await until("a new session is open", lambda: line.count(ModelReady) > ready, limit_s=5)
    talking.cancel()
    await asyncio.gather(talking, return_exceptions=True)


async def test_before_the_session_is_open_no_audio_is_sent_and_none_of_the_last_second_is_lost(line: Line) -> None:
    for _ in range(30):
        line.link.hear(SILENCE)
    await line.link.open(BRIEF, line.events.append)
    await until("the session is open", lambda: line.count(ModelReady) > 0)
    record = line.server.server.statistics.records()[-1]
    await until("it has arrived", lambda: record.summary(0.0)["audioReceivedMs"] >= 30 * FRAME_MS)
    assert record.summary(0.0)["audioReceivedMs"] == 30 * FRAME_MS
    assert line.link.dropped_audio_ms == 0


def test_what_nobody_foresaw_is_the_providers_outage() -> None:
    assert classify(RuntimeError("x")) == (EndReason.PROVIDER_DOWN, "RuntimeError")
