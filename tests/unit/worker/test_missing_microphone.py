"""A microphone that is there and is not given to us, and people whom the SDK makes anew: what a call makes of it."""

from __future__ import annotations

import asyncio

import pytest

from shared.call_report import AgentGone, GoneWhy, Happened, HappenedKind, RecordingCause, ReportEvent
from shared.call_spec import JobRole
from shared.call_state import EndReason
from tests.fakes.call_room import FakeRoom
from tests.fakes.clock import FakeClock, settle
from tests.unit.worker.harness import CALLER, TRACK, Call, make_claim
from tests.unit.worker.recordings import Recording
from worker.ending import Ending
from worker.ports import MicrophoneFound, MicrophoneMissing, MicrophoneOff, PersonLeft, RoomCloseCause, RoomClosed
from worker.recorder_job import RecorderJob

GREETING = "Say hello."


async def test_it_stands_in_the_timeline() -> None:
    async with Call() as call:
        await call.caller_joins()
        call.room.emit(MicrophoneMissing(CALLER, TRACK))
        call.room.emit(MicrophoneFound(CALLER, TRACK, 1200))
        assert call.told(Happened) == [
            Happened(HappenedKind.MICROPHONE_LOST, TRACK),
            Happened(HappenedKind.MICROPHONE_BACK, "1200"),
        ]


async def test_a_person_who_is_made_anew_goes_on_in_the_same_talk() -> None:
    async with Call(greeting=GREETING) as call:
        await call.caller_joins()
        await call.caller_asks()
        asked = list(call.link.replies)
        call.room.emit(MicrophoneOff(CALLER, TRACK))
        call.room.emit(PersonLeft(CALLER, on_purpose=False, unseen=True))
        await call.clock.advance(1)
        await call.caller_joins()
        before = len(call.link.heard)
        await call.caller_asks()
        assert len(call.link.heard) > before, "the same track is heard again"
        assert call.link.replies == asked, "they are not greeted again"
        assert len(call.links) == 1


@pytest.mark.parametrize(("unseen", "lasts_s"), [(False, 1.0), (True, 6.0)])
async def test_who_is_away_only_for_us_has_the_time_that_our_connection_takes_too(unseen: bool, lasts_s: float) -> None:
    async with Call(reconnect_grace_s=1) as call:
        await call.caller_joins()
        call.room.emit(PersonLeft(CALLER, on_purpose=False, unseen=unseen))
        await call.clock.advance(lasts_s - 0.5)
        assert not call.over
        await call.clock.advance(1)
        await settle()
        assert call.ending == Ending(EndReason.CALLER_LOST)


async def test_a_recorder_tells_of_it_and_gives_its_job_back_when_it_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    recording, clock = Recording(), FakeClock()
    room, told, closed = FakeRoom(clock), list[ReportEvent](), list[RecordingCause]()
    monkeypatch.setattr(recording.recorder, "close", closed.append)
    job = RecorderJob(make_claim(role=JobRole.RECORDER), lambda _: room, clock, recording.recorder, told.append)
    running = asyncio.create_task(job.run())
    await settle()
    room.emit(MicrophoneMissing(CALLER, TRACK))
    room.emit(RoomClosed(RoomCloseCause.DEAF))
    await running
    assert told == [Happened(HappenedKind.MICROPHONE_LOST, TRACK), AgentGone(GoneWhy.DEAF)]
    assert closed == [RecordingCause.JOB_OVER], "the call goes on: another one records it"
    assert room.left
