from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from shared import pcm
from tests.fakes.call_room import FakeRoom
from tests.fakes.clock import FakeClock, settle
from worker.mouth import HIGH_MARK_MS, Mouth
from worker.playout import Heard


class Stage:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.room = FakeRoom(self.clock)
        self.began: list[tuple[str, float]] = []
        self.heard: list[Heard] = []
        start_s = self.clock.monotonic_s()
        self.mouth = Mouth(
            self.room,
            self.clock,
            on_first_sound=lambda item: self.began.append((item, round(self.clock.monotonic_s() - start_s, 3))),
            on_heard=self.heard.append,
        )


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    stage = Stage()
    running = asyncio.create_task(stage.mouth.run())
    await settle()
    yield stage
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def _ms(ms: float) -> bytes:
    return b"\x01" * pcm.bytes_of(ms)


async def test_the_room_never_holds_more_than_the_high_mark(stage: Stage) -> None:
    stage.mouth.open()
    stage.mouth.say("a", _ms(3000))
    for _ in range(100):
        await stage.clock.advance(0.01)
        assert stage.room.queued_ms() <= HIGH_MARK_MS


async def test_speech_has_no_gap_and_ends_when_it_was_heard(stage: Stage) -> None:
    stage.mouth.open()
    stage.mouth.say("a", _ms(1000))
    stage.mouth.finish("a")
    for _ in range(99):
        await stage.clock.advance(0.01)
        assert stage.room.queued_ms() > 0
    assert stage.heard == []
    await stage.clock.advance(0.02)
    assert stage.heard == [Heard("a", 1000, 1000, complete=True)]
    assert stage.mouth.silent


async def test_the_first_sound_goes_out_at_once(stage: Stage) -> None:
    stage.mouth.open()
    await stage.clock.advance(1.5)
    stage.mouth.say("a", _ms(20))
    await settle()
    assert stage.began == [("a", 1.5)]


async def test_nothing_is_said_to_nobody(stage: Stage) -> None:
    stage.mouth.say("a", _ms(200))
    await stage.clock.advance(5)
    assert stage.room.heard_ms == 0
    stage.mouth.open()
    await stage.clock.advance(0.1)
    assert stage.room.heard_ms == pytest.approx(100)


async def test_a_cut_is_over_when_it_returns(stage: Stage) -> None:
    stage.mouth.open()
    stage.mouth.say("a", _ms(2000))
    await stage.clock.advance(0.73)
    (cut,) = stage.mouth.cut()
    assert cut == Heard("a", 730, 2000, complete=False)
    assert stage.room.queued_ms() == 0
    await stage.clock.advance(1)
    assert stage.room.heard_ms == pytest.approx(730, abs=1)
    assert stage.heard == []


async def test_after_a_cut_the_next_answer_begins_at_once(stage: Stage) -> None:
    stage.mouth.open()
    stage.mouth.say("a", _ms(2000))
    await stage.clock.advance(0.5)
    stage.mouth.cut()
    stage.mouth.say("b", _ms(100))
    await settle()
    assert stage.began == [("a", 0.0), ("b", 0.5)]


async def test_an_answer_that_pauses_is_waited_for_without_looking(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.mouth.open()
    stage.mouth.say("a", _ms(100))
    await stage.clock.advance(0.5)
    looks: list[FakeRoom] = []

    def counting(room: FakeRoom) -> float:
        looks.append(room)
        return 0.0

    monkeypatch.setattr(FakeRoom, "queued_ms", counting)
    await stage.clock.advance(5)
    assert looks == []
