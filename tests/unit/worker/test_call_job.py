from __future__ import annotations

import asyncio
import json

import pytest

from shared.call_report import AgentGone, CallEnded, GoneWhy, RecordingCause, ReportEvent
from shared.call_state import EndReason
from shared.claims import Claim
from shared.room_signals import CALL_ENDED_TOPIC
from tests.fakes.call_room import FakeRoom
from tests.fakes.clock import FakeClock, settle
from tests.fakes.realtime_link import FakeRealtimeLink
from tests.fakes.recording import FakeRecordingSpool, FakeRecordingStore
from tests.support.until import patient
from tests.unit.worker.harness import CALLER, CLIPS, make_claim
from worker import call_job
from worker.archive import Archive
from worker.call_job import CallJob, CallParts, Defaults
from worker.ending import Ending
from worker.ports import CallRoom, PersonJoined

DEFAULTS = Defaults("default-model", "Default prompt.", "Default greeting.")


class Job:
    def __init__(self, **claim: object) -> None:
        self.clock = FakeClock()
        self.room = FakeRoom(self.clock)
        self.room.arrivals = [PersonJoined(CALLER)]
        self.link = FakeRealtimeLink(self.clock)
        self.reports: list[ReportEvent] = []
        parts = self.parts = CallParts(
            clips=CLIPS,
            room=self._room,
            notice_room=self._room,
            link=lambda _: self.link,
            clock=self.clock,
            defaults=DEFAULTS,
        )
        self.spool = FakeRecordingSpool()
        self.archive = Archive(
            spool=self.spool,
            store=FakeRecordingStore(),
            clock=self.clock,
            report=lambda _, event: self.reports.append(event),
        )
        made = make_claim(**claim)
        self.recorder = self.archive.recorder(made)
        self.job = CallJob(made, parts, self.recorder, self.reports.append)
        self.cannot_be_built = False

    def _room(self, _: Claim) -> CallRoom:
        if self.cannot_be_built:
            raise RuntimeError("no room")
        return self.room

    async def until_ended(self, ending: Ending) -> None:
        running = asyncio.create_task(self.job.run())
        await settle()
        self.job.end(ending)
        await settle()
        for _ in range(50):
            if not running.done():
                await self.clock.advance(0.1)
        await running


async def test_an_end_of_its_own_is_told_to_the_room_and_reported() -> None:
    job = Job()
    await job.until_ended(Ending(EndReason.IDLE_TIMEOUT, detail="why"))
    ((topic, payload),) = job.room.told
    assert topic == CALL_ENDED_TOPIC
    assert json.loads(payload)["endReason"] == "idle_timeout"
    assert job.reports[-1] == CallEnded(EndReason.IDLE_TIMEOUT, "why")
    assert job.room.left
    assert job.link.closed


async def test_an_end_that_the_api_decided_is_not_told_back() -> None:
    job = Job()
    await job.until_ended(Ending())
    assert job.room.told == []
    assert not any(isinstance(event, CallEnded | AgentGone) for event in job.reports)
    assert job.room.left


async def test_an_agent_that_was_removed_leaves_a_call_that_goes_on() -> None:
    job = Job()
    await job.until_ended(Ending(gone=GoneWhy.REMOVED))
    assert job.room.told == []
    assert job.reports[-1] == AgentGone(GoneWhy.REMOVED)


async def test_what_the_claim_leaves_open_is_the_workers_default() -> None:
    job = Job(model="", system_prompt="", greeting=None)
    await job.until_ended(Ending())
    assert job.link.brief is not None
    assert (job.link.brief.model, job.link.brief.instructions) == ("default-model", "Default prompt.")
    (greeting,) = job.link.replies
    assert greeting is not None
    assert "Default greeting." in greeting


async def test_what_the_claim_says_is_done() -> None:
    job = Job(model="gpt-realtime-2", system_prompt="Rhyme.", greeting="", voice="echo")
    await job.until_ended(Ending())
    assert job.link.brief is not None
    assert (job.link.brief.model, job.link.brief.voice) == ("gpt-realtime-2", "echo")
    assert job.link.brief.instructions == "Rhyme."
    assert job.link.replies == []


@pytest.mark.parametrize(
    ("call_type", "described"), [("support", "Hang up"), ("user-to-user", "Leave"), ("conference", "Leave")]
)
async def test_what_hanging_up_means_depends_on_the_kind_of_call(call_type: str, described: str) -> None:
    job = Job(call_type=call_type)
    await job.until_ended(Ending())
    assert job.link.brief is not None
    (tool,) = job.link.brief.tools
    assert tool.name == "end_call"
    assert tool.description.startswith(described)


async def test_a_call_that_was_ended_before_it_began() -> None:
    job = Job()
    job.room.may_join.clear()
    job.job.end(Ending())
    await job.job.run()
    assert job.room.left


async def test_parts_that_cannot_be_built_are_an_internal_error() -> None:
    job = Job()
    job.cannot_be_built = True
    await job.job.run()
    assert job.reports == [CallEnded(EndReason.INTERNAL_ERROR, "RuntimeError")]


async def test_a_job_that_is_cancelled_still_reports_and_closes() -> None:
    job = Job()
    running = asyncio.create_task(job.job.run())
    await settle()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert job.reports[-1] == CallEnded(EndReason.INTERNAL_ERROR, "cancelled")
    assert job.room.left
    assert job.link.closed


@pytest.mark.parametrize("part", ["room", "link"])
async def test_a_part_that_hangs_while_closing_is_not_waited_for(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_job, "CLOSE_S", 0.05)
    job = Job()
    job.room.hang_on_leave = part == "room"
    job.link.hang_on_close = part == "link"
    async with asyncio.timeout(patient(5)):
        await job.until_ended(Ending(EndReason.CALLER_HUNG_UP))
    assert job.reports[-1] == CallEnded(EndReason.CALLER_HUNG_UP)


async def test_what_fails_on_the_way_out_keeps_the_agent_in_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    job = Job()
    job.room.fail_stop = True
    job.link.fail_close = RuntimeError("broken")

    def fails(_: RecordingCause) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(job.recorder, "close", fails)
    await job.until_ended(Ending(EndReason.IDLE_TIMEOUT))
    assert job.room.left
    assert job.link.closed
    assert job.reports[-1] == CallEnded(EndReason.IDLE_TIMEOUT)


async def test_an_end_that_cannot_be_kept_keeps_the_agent_in_no_room() -> None:
    job = Job()

    def fails(event: ReportEvent) -> None:
        if isinstance(event, CallEnded):
            raise OSError("the disk is gone")

    job.job = CallJob(make_claim(), job.parts, job.recorder, fails)
    await job.until_ended(Ending(EndReason.CALLER_HUNG_UP))
    assert job.room.left
    assert job.link.closed
