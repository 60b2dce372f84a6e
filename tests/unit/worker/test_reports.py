from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from shared.call_report import AgentJoined, CallEnded, Segment, Usage
from shared.call_state import EndReason
from shared.ids import CallId, Identity
from shared.worker_link import HeldCall
from tests.fakes.clock import FakeClock, settle
from tests.fakes.control_api import FakeControlApi
from tests.fakes.spool import MemorySpool
from worker.reports import RETRY_MAX_S, Reporter

A, B = HeldCall(CallId("a"), 1), HeldCall(CallId("b"), 2)


class Desk:
    def __init__(self, max_bytes: int = 10_000) -> None:
        self.clock = FakeClock()
        self.api = FakeControlApi()
        self.spool = MemorySpool(max_bytes)
        self.reporter = Reporter(self.spool, self.api, self.clock)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    running = asyncio.create_task(desk.reporter.run())
    yield desk
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_reports_are_numbered_by_call_and_delivered_in_order(desk: Desk) -> None:
    desk.reporter.report(A, AgentJoined())
    desk.reporter.report(B, AgentJoined())
    desk.reporter.report(A, CallEnded(EndReason.CALLER_HUNG_UP))
    await settle()
    delivered = [(report.call_id, report.epoch, report.seq) for report in desk.api.reports]
    assert sorted(delivered) == [("a", 1, 1), ("a", 1, 2), ("b", 2, 1)]
    assert delivered.index((A.call_id, 1, 1)) < delivered.index((A.call_id, 1, 2))
    assert desk.spool.size_bytes == 0


async def test_an_api_that_is_away_gets_everything_later(desk: Desk) -> None:
    desk.api.away = True
    for _ in range(3):
        desk.reporter.report(A, AgentJoined())
    await desk.clock.advance(60)
    assert desk.api.reports == []
    desk.api.away = False
    await desk.clock.advance(RETRY_MAX_S)
    assert [report.seq for report in desk.api.reports] == [1, 2, 3]


async def test_an_api_that_is_back_gets_everything_at_once(desk: Desk) -> None:
    desk.api.away = True
    desk.reporter.report(A, AgentJoined())
    await desk.clock.advance(60)
    desk.api.away = False
    desk.reporter.api_is_back()
    await settle()
    assert [report.seq for report in desk.api.reports] == [1]


async def test_it_does_not_hammer_an_api_that_is_away(desk: Desk) -> None:
    desk.api.away = True
    desk.reporter.report(A, AgentJoined())
    await desk.clock.advance(60)
    assert 60 / RETRY_MAX_S <= desk.api.deliveries <= 60 / (RETRY_MAX_S / 2) + 10


async def test_a_report_that_cannot_be_taken_does_not_block_the_others(desk: Desk) -> None:
    desk.api.poison = {2}
    for _ in range(3):
        desk.reporter.report(A, AgentJoined())
    await settle()
    assert [report.seq for report in desk.api.reports] == [1, 3]
    assert desk.spool.size_bytes == 0


async def test_flushing_waits_for_delivery_and_not_forever(desk: Desk) -> None:
    desk.api.away = True
    desk.reporter.report(A, AgentJoined())
    flushing = asyncio.create_task(desk.reporter.flush(1.0))
    await desk.clock.advance(1.1)
    assert await flushing is False
    desk.api.away = False
    flushing = asyncio.create_task(desk.reporter.flush(10.0))
    await desk.clock.advance(6)
    assert await flushing is True


async def test_flushing_nothing_is_done_at_once(desk: Desk) -> None:
    await settle()
    assert await desk.reporter.flush(1.0) is True


async def test_what_was_dropped_leaves_no_gap_in_the_numbers() -> None:
    desk = Desk(max_bytes=200)
    words = Segment("s", Identity("user"), "x" * 300, 0, 1)
    desk.reporter.report(A, words)  # fits: the spool was empty
    desk.reporter.report(A, Usage(1, 1, 1, 1))
    desk.reporter.report(A, words)
    desk.reporter.report(A, CallEnded(EndReason.CALLER_LOST))
    batch = desk.spool.oldest(10)
    assert batch is not None
    assert [(report.seq, type(report.event)) for report in batch.reports] == [(1, Segment), (2, CallEnded)]
    assert desk.spool.dropped == 2


async def test_what_was_written_is_made_safe_once_a_second(desk: Desk) -> None:
    desk.reporter.report(A, AgentJoined())
    assert not desk.spool.synced.is_set()
    await desk.clock.advance(1.0)
    assert await asyncio.to_thread(desk.spool.synced.wait, 5)
