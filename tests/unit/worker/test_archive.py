import asyncio
from pathlib import Path

from shared.call_report import RecordingCause, RecordingEnded, RecordingFailed, RecordingStored
from shared.ids import CallId, EgressId
from shared.worker_link import HeldCall
from tests.fakes.clock import settle
from tests.unit.worker.recordings import FIRST, Recording, order
from worker.archive import AT_ONCE
from worker.ports import Part, WrittenPart
from worker.store_line import GIVE_UP_S, RETRY_MAX_S


async def test_a_part_leaves_the_spool_when_the_store_has_it() -> None:
    recording = Recording()
    async with recording.running():
        recording.recorder.start(order())
        await recording.caller_talks(1, 1_000)
        recording.archive.release(recording.recorder, RecordingCause.CALL_OVER)
        assert await recording.archive.flush(5)
    assert [type(event) for event in recording.events[1:]] == [RecordingEnded, RecordingStored]
    stored = recording.events[-1]
    assert isinstance(stored, RecordingStored)
    assert (stored.path, stored.duration_ms, stored.peaks_path) == ("call/EG_1.mp4", 1_000, None)
    assert list(recording.store.files) == ["call/EG_1.mp4"]
    assert recording.spool.kept == []


async def test_a_store_that_is_down_delays_and_loses_nothing() -> None:
    recording = Recording()
    recording.store.fail_next = 3
    async with recording.running():
        recording.recorder.start(order())
        await recording.caller_talks(1, 200)
        recording.recorder.close(RecordingCause.CALL_OVER)
        await recording.clock.advance(2)
        assert len(recording.spool.kept) == 1
        assert recording.last() is RecordingEnded
        await recording.clock.advance(8)
    assert recording.last() is RecordingStored
    assert recording.spool.kept == []


async def test_after_a_day_it_is_told_once_and_the_file_is_kept_and_still_stored_when_it_can_be() -> None:
    recording = Recording()
    recording.store.fail_next = 10**9
    async with recording.running():
        recording.recorder.start(order())
        await recording.caller_talks(1, 200)
        recording.recorder.close(RecordingCause.CALL_OVER)
        await settle()
        recording.recorder.close(RecordingCause.CALL_OVER)
        recording.archive.release(recording.recorder, RecordingCause.CALL_OVER)
        recording.archive._line._waiting[0].since_s -= GIVE_UP_S
        await recording.clock.advance(3 * RETRY_MAX_S)
        failures = [event for event in recording.events if isinstance(event, RecordingFailed)]
        assert failures == [RecordingFailed(FIRST, 1, "store_unavailable")]
        assert len(recording.spool.kept) == 1
        recording.store.fail_next = 0
        await recording.clock.advance(2 * RETRY_MAX_S)
    assert isinstance(recording.events[-1], RecordingStored)


async def test_the_job_does_not_wait_for_a_disk_that_is_slow_and_flush_does() -> None:
    recording = Recording()
    async with recording.running():
        recording.recorder.start(order())
        await recording.caller_talks(1, 200)
        recording.spool.files[0].may_close.clear()
        recording.archive.release(recording.recorder, RecordingCause.CALL_OVER)
        flushing = asyncio.create_task(recording.archive.flush(1))
        await recording.clock.advance(1)
        assert not await flushing
        recording.spool.files[0].may_close.set()
        assert await recording.archive.flush(5)


async def test_parts_of_dead_processes_are_ended_and_stored_under_their_own_calls() -> None:
    recording = Recording()
    part = Part(CallId("another-call"), 3, order(), 1)
    found = WrittenPart(part, 61_000, RecordingCause.WORKER_LOST, Path("x"), Path("y"))
    recording.spool.of_the_dead = [found, WrittenPart(part, 0, RecordingCause.WORKER_LOST, Path("z"), None)]
    async with recording.running():
        await recording.until(RecordingStored)
    assert {held for held, _ in recording.told} == {HeldCall(CallId("another-call"), 3)}
    assert [type(event) for event in recording.events] == [RecordingEnded, RecordingFailed, RecordingStored]
    assert recording.events[:2] == [
        RecordingEnded(FIRST, 3, 61_000, RecordingCause.WORKER_LOST),
        RecordingFailed(FIRST, 3, "nothing_to_play", RecordingCause.WORKER_LOST),
    ]
    assert sorted(recording.store.files) == ["call/EG_1.mp4", "call/EG_1.mp4.peaks.json"]
    assert recording.spool.kept == []


def left_behind(recording: Recording, *names: str) -> list[str]:
    """By a dead process; where in the store each belongs."""
    for name in names:
        part = Part(CallId("another-call"), 1, order(EgressId(name)), 1)
        recording.spool.of_the_dead.append(WrittenPart(part, 1_000, RecordingCause.WORKER_LOST, Path(name), None))
    return [f"call/{name}.mp4" for name in names]


async def test_nothing_to_store_is_not_waited_for() -> None:
    recording = Recording()
    async with recording.running():
        assert await flushed(recording)


async def test_a_large_one_on_its_way_holds_up_no_other() -> None:
    recording = Recording()
    large, *small = left_behind(recording, "large", *(f"small-{number}" for number in range(10)))
    recording.store.slow = {large}
    async with recording.running():
        await recording.until(RecordingStored)
        await settle()
        assert sorted(recording.store.files) == sorted(small)
        assert not await flushed(recording)
        recording.store.slow.clear()
        recording.store.changed.set()
        assert await flushed(recording)
    assert recording.store.tried.count(large) == 1
    assert recording.spool.kept == []


async def test_a_few_are_stored_at_the_same_time_and_no_more() -> None:
    recording = Recording()
    paths = left_behind(recording, *(f"EG_{number}" for number in range(3 * AT_ONCE)))
    recording.store.slow = set(paths)
    async with recording.running():
        await recording.until(RecordingEnded)
        await settle()
        assert recording.store.on_their_way == paths[:AT_ONCE]
        recording.store.slow.clear()
        recording.store.changed.set()
        assert await flushed(recording)
    assert sorted(recording.store.tried) == sorted(paths), "each once"


async def test_one_that_is_never_taken_holds_up_no_other() -> None:
    recording = Recording()
    recording.store.refused = set(left_behind(recording, "bad"))
    async with recording.running():
        await recording.until(RecordingEnded)
        await recording.clock.advance(10 * RETRY_MAX_S)
        recording.recorder.start(order())
        await recording.caller_talks(1, 200)
        recording.recorder.close(RecordingCause.CALL_OVER)
        await recording.clock.advance(RETRY_MAX_S)
    assert list(recording.store.files) == ["call/EG_1.mp4"]
    assert [str(written.sound) for written in recording.spool.kept] == ["bad"]


async def test_a_store_that_is_down_is_tried_seldom_however_much_waits_and_then_takes_all() -> None:
    recording = Recording()
    paths = left_behind(recording, *(f"EG_{number}" for number in range(50)))
    recording.store.fail_next = 10**9
    async with recording.running():
        await recording.until(RecordingEnded)
        await recording.clock.advance(600)
        assert len(recording.store.tried) <= AT_ONCE + 5 + 600 / RETRY_MAX_S
        recording.store.fail_next = 0
        await recording.clock.advance(RETRY_MAX_S)
        assert await flushed(recording)
    assert sorted(recording.store.files) == sorted(paths)


async def test_a_stop_leaves_what_is_on_its_way_in_the_spool() -> None:
    recording = Recording()
    recording.store.slow = set(left_behind(recording, "EG_1", "EG_2", "EG_3"))
    async with recording.running():
        await recording.until(RecordingEnded)
        await settle()
        assert len(recording.store.on_their_way) == 3
    assert recording.store.on_their_way == []
    assert recording.store.files == {}
    assert len(recording.spool.kept) == 3


async def flushed(recording: Recording) -> bool:
    """Whether all is stored that can be without that time passes."""
    flushing = asyncio.create_task(recording.archive.flush(1))
    await settle()
    await recording.clock.advance(1)
    return await flushing
