from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from shared.call_spec import JobRole
from tests.fakes.call_room import FakeRoom
from tests.fakes.clock import FakeClock, settle
from tests.unit.worker.harness import make_claim
from tests.unit.worker.recordings import Recording
from worker.closing import close_all, step
from worker.ending import Ending
from worker.recorder_job import RecorderJob


async def test_all_are_closed_whatever_one_of_them_does() -> None:
    closed: list[str] = []

    async def close(name: str) -> None:
        await asyncio.sleep(0)
        closed.append(name)

    async def fails() -> None:
        raise ValueError("not in the list")

    with capture_logs() as lines:
        await close_all(close("first"), fails(), close("last"))
    assert closed == ["first", "last"]
    assert [line["event"] for line in lines] == ["something could not be closed"]


async def test_a_cancellation_reaches_all() -> None:
    cancelled: list[int] = []

    async def hangs(number: int) -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(number)
            raise

    closing = asyncio.create_task(close_all(hangs(1), hangs(2)))
    await settle()
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert sorted(cancelled) == [1, 2]


def test_behind_a_step_that_fails_follow_others() -> None:
    done: list[int] = []
    step(lambda: 1 // 0)
    step(lambda: done.append(1))
    assert done == [1]


async def test_a_recorder_whose_files_fail_leaves_its_room(monkeypatch: pytest.MonkeyPatch) -> None:
    recording, clock = Recording(), FakeClock()
    room = FakeRoom(clock)

    def fails(_: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(recording.recorder, "close", fails)
    job = RecorderJob(make_claim(role=JobRole.RECORDER), lambda _: room, clock, recording.recorder, lambda _: None)
    running = asyncio.create_task(job.run())
    await settle()
    job.end(Ending())
    await running
    assert room.left
