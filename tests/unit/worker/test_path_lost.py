"""What a call does about a path that died, or that was gone for a while."""

from __future__ import annotations

import asyncio

import pytest

from shared.call_report import (
    AGENT_SPEAKER,
    AgentGone,
    AgentJoined,
    CallEnded,
    GoneWhy,
    Happened,
    HappenedKind,
    RecordingCause,
    ReportEvent,
    Segment,
    Turn,
)
from shared.call_spec import JobRole
from shared.call_state import EndReason
from tests.fakes.call_room import FakeRoom
from tests.fakes.clock import FakeClock, settle
from tests.unit.worker.harness import LOUD, QUIET, Call, make_claim
from tests.unit.worker.recordings import Recording
from worker.bad_path import AVOID_S, REMEMBER_S, BadPath
from worker.captions import AgentWords
from worker.ending import Ending
from worker.playout import Heard
from worker.ports import PathGap, PathLost
from worker.recorder_job import RecorderJob
from worker.unheard import Lately, Said, without_last

WORDS = "one two three four five six seven eight nine ten"


async def _asked(call: Call, *, answer_ms: int) -> None:
    call.link.says, call.link.answer_ms = WORDS, answer_ms
    await call.caller_joins()
    await call.caller_asks()


def _agents(call: Call) -> list[Segment]:
    return [segment for segment in call.told(Segment) if segment.speaker == AGENT_SPEAKER]


class TestLost:
    async def test_the_agent_leaves_for_another_one_and_the_timeline_is_told(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.clock.advance(10)
            call.room.emit(PathLost(call.clock.monotonic_s() - 3.5))
            await settle()
            assert call.ending == Ending(gone=GoneWhy.PATH_LOST)
            assert call.told(Happened) == [Happened(HappenedKind.PATH_LOST, "3500")]

    async def test_of_what_is_being_said_only_what_left_before_was_heard(self) -> None:
        async with Call() as call:
            await _asked(call, answer_ms=10_000)
            await call.clock.advance(6)
            call.room.emit(PathLost(call.clock.monotonic_s() - 4))
            await settle()
            (agent,) = _agents(call)
            assert agent.is_cut
            assert WORDS.startswith(agent.text)
            assert 1 <= len(agent.text.split()) <= 3
            (turn,) = call.told(Turn)
            assert turn.interrupted
            assert turn.played_ms == pytest.approx(2000, abs=60)

    async def test_what_was_said_to_its_end_meanwhile_is_told_anew(self) -> None:
        async with Call() as call:
            await _asked(call, answer_ms=2000)
            await call.clock.advance(4)
            whole = _agents(call)[-1]
            assert whole.text.strip() == WORDS
            call.room.emit(PathLost(call.clock.monotonic_s() - 3))  # 1 s into the answer
            await settle()
            cut = _agents(call)[-1]
            assert (cut.segment_id, cut.start_ms, cut.is_cut) == (whole.segment_id, whole.start_ms, True)
            assert 3 <= len(cut.text.split()) <= 6
            assert call.told(Turn)[-1].played_ms == pytest.approx(1000, abs=60)
            assert call.told(Turn)[-1].turn == call.told(Turn)[0].turn

    async def test_an_answer_of_which_nothing_was_heard_is_taken_back(self) -> None:
        async with Call() as call:
            await _asked(call, answer_ms=1000)
            await call.clock.advance(2)
            call.room.emit(PathLost(call.clock.monotonic_s() - 3))
            await settle()
            assert [segment.text.strip() for segment in _agents(call)] == [WORDS, ""]
            assert call.told(Turn)[-1].played_ms == 0

    async def test_what_was_over_before_stays_as_it_is(self) -> None:
        async with Call() as call:
            await _asked(call, answer_ms=1000)
            await call.clock.advance(8)
            call.room.emit(PathLost(call.clock.monotonic_s() - 3))
            await settle()
            assert [segment.text.strip() for segment in _agents(call)] == [WORDS]


class TestGap:
    async def test_what_was_not_heard_is_cut_in_the_models_memory_and_said_again(self) -> None:
        async with Call() as call:
            await _asked(call, answer_ms=10_000)
            await call.clock.advance(6)
            call.room.emit(PathGap(call.clock.monotonic_s() - 4, 0, 150))
            await settle()
            ((_, heard_ms),) = call.link.truncations
            assert heard_ms == pytest.approx(2000, abs=60)
            assert "Go on from where it stopped" in (call.link.replies[-1] or "")
            assert call.told(Happened)[0].kind is HappenedKind.PATH_GAP
            assert not call.over

    async def test_a_caller_who_spoke_into_it_is_asked_again(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.clock.advance(10)
            call.room.emit(PathGap(call.clock.monotonic_s() - 4, 150, 0))
            await settle()
            assert "did not hear" in (call.link.replies[-1] or "")
            await call.clock.advance(0.5)
            assert call.room.heard_ms > 0

    async def test_not_while_the_caller_speaks_or_is_being_answered(self) -> None:
        async with Call() as call:
            await call.caller_joins()
            await call.caller_makes(LOUD, 400)
            call.room.emit(PathGap(call.clock.monotonic_s() - 4, 150, 150))
            await settle()
            assert call.link.replies == []
            await call.caller_makes(QUIET, 500)
            await call.clock.advance(0.2)
            call.room.emit(PathGap(call.clock.monotonic_s() - 4, 150, 0))
            await settle()
            assert call.link.replies == []

    async def test_less_than_a_word_is_nothing(self) -> None:
        async with Call() as call:
            await _asked(call, answer_ms=4000)
            call.room.emit(PathGap(call.clock.monotonic_s() - 4, 24, 24))
            await settle()
            assert call.link.truncations == []
            assert call.link.replies == []


def test_of_a_line_of_items_the_end_is_taken_away() -> None:
    said = [Heard("a", 1000, 1000, complete=True), Heard("b", 300, 900, complete=False)]
    assert without_last(said, 0) == said
    assert [heard.heard_ms for heard in without_last(said, 500)] == [800, 0]
    assert [heard.complete for heard in without_last(said, 500)] == [False, False]
    assert [heard.heard_ms for heard in without_last(said, 9000)] == [0, 0]


def test_of_an_answer_of_several_items_the_turn_loses_what_all_have_lost() -> None:
    lately, words = Lately(), AgentWords()
    lately.add(Said(Heard("a", 2000, 2000, complete=True), words, None, ended_s=12.0))
    lately.add(Said(Heard("b", 1000, 1000, complete=True), words, Turn(1, 400, False, 3000), ended_s=13.0))
    first, second = lately.unheard_since(11.5)
    assert (first.heard.heard_ms, first.turn) == (1500, None)
    assert (second.heard.heard_ms, second.turn) == (0, Turn(1, 400, True, 1500))
    assert lately.unheard_since(11.5) == []


class TestBadPath:
    def test_who_has_lost_its_path_is_given_nothing_for_a_while(self) -> None:
        path = BadPath()
        assert not path.is_avoided(0)
        path.reported(AgentGone(GoneWhy.PATH_LOST), 100)
        assert path.is_avoided(100 + AVOID_S - 0.1)
        assert not path.is_avoided(100 + AVOID_S)

    def test_a_room_that_cannot_be_joined_says_the_same_soon_after(self) -> None:
        path = BadPath()
        path.reported(CallEnded(EndReason.MEDIA_SERVER_LOST), 90)
        assert not path.is_avoided(90)
        path.reported(AgentGone(GoneWhy.PATH_LOST), 100)
        path.reported(CallEnded(EndReason.MEDIA_SERVER_LOST), 120)
        assert path.is_avoided(121)
        path.reported(CallEnded(EndReason.MEDIA_SERVER_LOST), 101 + REMEMBER_S)
        assert not path.is_avoided(102 + REMEMBER_S)

    def test_an_agent_that_is_in_a_room_proves_the_contrary(self) -> None:
        path = BadPath()
        path.reported(AgentGone(GoneWhy.PATH_LOST), 100)
        path.reported(AgentJoined(), 101)
        assert not path.is_avoided(101)


async def test_a_recorder_leaves_for_another_one_whose_part_goes_on() -> None:
    recording, clock = Recording(), FakeClock()
    room, told = FakeRoom(clock), list[ReportEvent]()
    job = RecorderJob(make_claim(role=JobRole.RECORDER), lambda _: room, clock, recording.recorder, told.append)
    running = asyncio.create_task(job.run())
    await settle()
    room.emit(PathLost(clock.monotonic_s() - 3))
    await running
    assert told == [Happened(HappenedKind.PATH_LOST, "3000"), AgentGone(GoneWhy.PATH_LOST)]
    assert job._cause is RecordingCause.JOB_OVER
    assert room.left
