"""Somebody comes into a call without an agent, says that it is recorded, and goes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import numpy as np
import pytest

from shared import pcm
from shared.call_report import Happened, HappenedKind, RecordingCause, ReportEvent
from shared.recording_order import NOTICE
from tests.fakes.call_room import FakeRoom
from tests.fakes.clock import settle
from tests.unit.worker.harness import CLIP_MS, CLIPS
from tests.unit.worker.recordings import FIRST, Recording, order
from worker.clip import ClipName
from worker.notice_visits import AUDIBLE_S, JOIN_S, OTHERS_S, TAIL_S, NoticeVisits
from worker.ports import AgentAudible
from worker.recorder import PATH_MS, RIGHT

SAID = Happened(HappenedKind.CLIP_PLAYED, NOTICE)
VISIT_S = OTHERS_S + CLIP_MS / 1000 + TAIL_S
NEAR_S = 0.01


class Scene:
    """A recording that has begun, and the rooms of those who come to tell of it."""

    def __init__(self) -> None:
        self.recording = Recording()
        self.clock = self.recording.clock
        self.rooms: list[FakeRoom] = []
        self.reports: list[ReportEvent] = []
        self.prepare: Callable[[FakeRoom], None] = lambda _: None
        """What is wrong with the next room."""
        self.visits = NoticeVisits(
            self._room, CLIPS[ClipName.RECORDED], self.clock, self.recording.recorder, self.reports.append
        )

    def _room(self) -> FakeRoom:
        room = FakeRoom(self.clock)
        self.prepare(room)
        self.rooms.append(room)
        return room

    async def begin(self) -> FakeRoom:
        self.visits.begin()
        await settle()
        return self.rooms[-1]

    def left(self) -> list[bool]:
        return [room.left for room in self.rooms]

    def heard_ms(self) -> list[float]:
        return [round(room.heard_ms) for room in self.rooms]


@asynccontextmanager
async def recorded() -> AsyncIterator[Scene]:
    scene = Scene()
    async with scene.recording.running():
        scene.recording.recorder.start(order())
        try:
            yield scene
        finally:
            await scene.visits.aclose()


async def test_it_is_said_when_somebody_is_subscribed_and_is_in_the_file() -> None:
    async with recorded() as scene:
        room = await scene.begin()
        await scene.clock.advance(AUDIBLE_S - 0.1)
        assert (room.heard_ms, scene.reports) == (0, [])
        room.emit(AgentAudible())
        began_s = scene.clock.monotonic_s() + OTHERS_S
        await scene.clock.advance(OTHERS_S)
        assert scene.reports == [SAID]
        await scene.clock.advance(CLIP_MS / 1000)
        assert scene.left() == [False], "the last of it is on its way"
        await scene.clock.advance(TAIL_S + NEAR_S)
        assert scene.left() == [True]
        assert room.heard_ms == pytest.approx(CLIP_MS)
        assert scene.reports == [SAID]
        await scene.clock.advance(1)
        audio = scene.recording.spool.files[0].audio
        loud_ms = np.flatnonzero(audio[RIGHT])[[0, -1]] * 1000 / pcm.SAMPLE_RATE_HZ
        begins_ms = (began_s - 1000) * 1000 + PATH_MS
        assert loud_ms == pytest.approx([begins_ms, begins_ms + CLIP_MS], abs=20)
        assert not audio[1 - RIGHT].any()


async def test_without_a_word_from_the_server_it_is_said_after_all() -> None:
    async with recorded() as scene:
        await scene.begin()
        await scene.clock.advance(AUDIBLE_S + CLIP_MS / 1000)
        assert scene.heard_ms() == [CLIP_MS]


async def test_one_that_cannot_come_changes_nothing_and_the_next_one_comes() -> None:
    async with recorded() as scene:
        scene.prepare = lambda room: setattr(room, "fail_join", True)
        room = await scene.begin()
        assert (room.left, scene.reports) == (True, [])
        scene.prepare = lambda room: setattr(room, "fail_play", True)
        room = await scene.begin()
        await scene.clock.advance(AUDIBLE_S)
        assert room.left
        scene.prepare = lambda _: None
        await scene.begin()
        await scene.clock.advance(AUDIBLE_S + VISIT_S + NEAR_S)
        assert scene.left() == [True, True, True]
        assert scene.rooms[-1].heard_ms == pytest.approx(CLIP_MS)
        assert scene.recording.recorder.running == (FIRST,)


async def test_one_that_comes_too_late_says_nothing_and_goes() -> None:
    async with recorded() as scene:
        scene.prepare = lambda room: room.may_join.clear()
        room = await scene.begin()
        await scene.clock.advance(JOIN_S - NEAR_S)
        assert scene.left() == [False]
        await scene.clock.advance(2 * NEAR_S)
        assert scene.left() == [True]
        room.may_join.set()
        await scene.clock.advance(AUDIBLE_S + VISIT_S + NEAR_S)
        assert (room.heard_ms, scene.reports) == (0, [])


async def test_each_recording_is_told_and_two_are_never_there_together() -> None:
    async with recorded() as scene:
        room = await scene.begin()
        await scene.begin()
        room.emit(AgentAudible())
        await scene.clock.advance(VISIT_S - NEAR_S)
        assert len(scene.rooms) == 1
        await scene.clock.advance(2 * NEAR_S)
        assert (room.left, len(scene.rooms)) == (True, 2)
        await scene.clock.advance(AUDIBLE_S + VISIT_S + NEAR_S)
        assert scene.heard_ms() == [CLIP_MS, CLIP_MS]
        assert scene.reports == [SAID, SAID]


async def test_a_recording_that_has_ended_meanwhile_is_not_told() -> None:
    async with recorded() as scene:
        room = await scene.begin()
        scene.recording.recorder.stop(FIRST)
        await scene.clock.advance(AUDIBLE_S)
        assert (room.left, room.heard_ms, scene.reports) == (True, 0, [])


async def test_who_is_there_when_the_job_ends_leaves() -> None:
    async with recorded() as scene:
        room = await scene.begin()
        waits = await scene.begin()
        room.emit(AgentAudible())
        await scene.clock.advance(OTHERS_S + 0.3)
        scene.recording.recorder.close(RecordingCause.CALL_OVER)
        await scene.visits.aclose()
        assert waits is room, "nobody else has come"
        assert room.left


async def test_who_is_still_on_the_way_when_the_job_ends_turns_back() -> None:
    async with recorded() as scene:
        scene.prepare = lambda room: room.may_join.clear()
        room = await scene.begin()
        await scene.visits.aclose()
        assert room.left
