"""The link to the model when the model's server goes and comes, which the fake cannot show."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import aiohttp
import pytest

from scripts.local_realtime.script import Close, StopReading
from shared import pcm
from shared.call_state import EndReason
from shared.clock import SystemClock
from tests.contracts.worker.test_realtime_link import BRIEF
from tests.integration.worker.stack import until
from tests.support.local_realtime import RunningServer, running_server
from tests.support.realtime_process import STALE_MS_PER_S
from worker.adapters.model_socket import HEARTBEAT_S
from worker.adapters.realtime_link import OpenAiRealtimeLink
from worker.ports import ModelEvent, ModelLost, ModelReady

FRAME_MS = 20
SILENCE = bytes(pcm.bytes_of(FRAME_MS))
SOUND = b"\x00\x20" * (len(SILENCE) // 2)


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


async def test_a_model_that_is_only_half_there_is_noticed(line: Line) -> None:
    """Its socket stands and nobody reads it: only the heartbeat can tell (without one: over a minute of dead air)."""
    await line.link.open(BRIEF, line.events.append)
    talking = asyncio.create_task(line.keep_talking())
    await until("the session is open", lambda: line.count(ModelReady) > 0)
    (connection,) = line.server.server.connections.values()
    connection.inject(StopReading(kind="stop_reading", at_second=0))
    await until("it is noticed", lambda: line.count(ModelLost) > 0, limit_s=HEARTBEAT_S * 1.5 + 2)
    talking.cancel()
    await asyncio.gather(talking, return_exceptions=True)
    assert line.events[-1] == ModelLost(EndReason.PROVIDER_DOWN, "no_pong")


@pytest.mark.parametrize("code", [1000, 1001, 1006, 1011])
async def test_a_connection_that_ends_is_told_once_and_not_opened_again(line: Line, code: int) -> None:
    await line.link.open(BRIEF, line.events.append)
    await until("the session is open", lambda: line.count(ModelReady) > 0)
    (connection,) = line.server.server.connections.values()
    connection.inject(Close(kind="close", code=code, at_second=0))
    await until("it is noticed", lambda: line.count(ModelLost) > 0)
    assert line.events[-1] == ModelLost(EndReason.PROVIDER_DOWN, f"closed_{code}")
    # Long enough for the plugin's own first attempt, which would come at once.
    await asyncio.sleep(0.5)
    assert line.server.server.statistics.sessions_total == 1


async def test_it_answers_a_probe(line: Line) -> None:
    await line.link.open(BRIEF, line.events.append)
    await until("the session is open", lambda: line.count(ModelReady) > 0)
    await asyncio.sleep(0.2)
    before = line.count(ModelReady)
    line.link.probe()
    await until("it gives a sign of life", lambda: line.count(ModelReady) > before)


async def test_what_waited_is_sent_hardly_faster_than_it_was_spoken(line: Line) -> None:
    for _ in range(50):
        line.link.hear(SOUND)
    await line.link.open(BRIEF, line.events.append)
    talking = asyncio.create_task(line.keep_talking())
    await until("the session is open", lambda: line.count(ModelReady) > 0)
    record = line.server.server.statistics.records()[-1]
    await until("it has arrived", lambda: record.summary(0.0)["audioReceivedMs"] >= 2000)
    talking.cancel()
    await asyncio.gather(talking, return_exceptions=True)
    assert record.summary(0.0)["peakAudioMsPerSecond"] < STALE_MS_PER_S


async def test_before_the_session_is_open_no_audio_is_sent_and_no_sound_of_the_last_second_is_lost(line: Line) -> None:
    for _ in range(30):
        line.link.hear(SOUND)
    await line.link.open(BRIEF, line.events.append)
    await until("the session is open", lambda: line.count(ModelReady) > 0)
    record = line.server.server.statistics.records()[-1]
    await until("it has arrived", lambda: record.summary(0.0)["audioReceivedMs"] >= 30 * FRAME_MS)
    assert record.summary(0.0)["audioReceivedMs"] == 30 * FRAME_MS
