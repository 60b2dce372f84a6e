import numpy as np

from shared.call_report import RecordingCause, RecordingEnded, RecordingFailed, RecordingStarted
from shared.ids import EgressId, Identity
from shared.recording_order import Channels
from shared.worker_link import MAX_RECORDINGS
from tests.fakes.clock import START_MS, settle
from tests.unit.worker.recordings import FIRST, SECOND, Recording, order, sound
from worker.recorder import PATH_MS


async def test_what_is_heard_from_the_order_to_the_stop_is_in_the_file() -> None:
    recording = Recording()
    async with recording.running():
        await recording.caller_talks(5, 500)
        recording.recorder.start(order())
        assert list(recording.recorder.running) == [FIRST]
        await recording.caller_talks(7, 1_000)
        await recording.clock.advance(0.5)
        recording.recorder.stop(FIRST)
        assert not recording.recorder.running
        await settle()
    (file,) = recording.spool.files
    assert file.audio.shape == (2, 36_000)
    heard = 24 * (1_000 - PATH_MS)
    assert (file.audio[0, :heard] == 7).all()
    assert not file.audio[0, heard:].any()
    assert not file.audio[1].any()
    assert recording.events[:2] == [
        RecordingStarted(FIRST, 1, START_MS + 500),
        RecordingEnded(FIRST, 1, 1_500, RecordingCause.STOPPED),
    ]


async def test_the_agent_and_everybody_else_are_right_and_a_cut_is_heard_as_it_was() -> None:
    recording = Recording()
    async with recording.running():
        recording.recorder.start(order())
        for number in range(10):
            recording.recorder.speak(sound(3), queued_ms=number * 20)
        await recording.clock.advance(0.1)
        recording.recorder.cut()
        recording.recorder.hear(Identity("callee"), sound(4))
        await recording.clock.advance(0.4)
        recording.recorder.stop(FIRST)
        await settle()
    left, right = recording.spool.files[0].audio
    assert not left.any()
    agent, callee = 24 * PATH_MS, 24 * (80 - PATH_MS)
    assert (right[callee : callee + 480] == 4).all()
    assert (right[agent : agent + 2_400] == 3).all()
    assert np.count_nonzero(right) == 480 + 2_400


async def test_a_mix_has_everybody_on_one_channel() -> None:
    recording = Recording()
    async with recording.running():
        recording.recorder.start(order(channels=Channels.MIXED))
        await recording.caller_talks(3, 200)
        recording.recorder.stop(FIRST)
        await settle()
    assert recording.spool.files[0].audio.shape == (1, 4_800)
    assert (recording.spool.files[0].audio[0, : 24 * (200 - PATH_MS)] == 3).all()


async def test_an_order_is_a_level_and_a_recording_that_has_ended_does_not_begin_again() -> None:
    recording = Recording()
    recording.recorder.start(order())
    recording.recorder.start(order())
    recording.recorder.stop(FIRST)
    recording.recorder.stop(FIRST)
    recording.recorder.start(order())
    assert not recording.recorder.running
    assert len(recording.spool.files) == 1
    recording.recorder.start(order(SECOND))
    assert list(recording.recorder.running) == [SECOND]
    recording.recorder.close(RecordingCause.CALL_OVER)
    recording.recorder.close(RecordingCause.JOB_OVER)
    await settle()
    # In no time nothing was heard.
    kinds = [RecordingStarted, RecordingStarted, RecordingFailed, RecordingFailed]
    assert [type(event) for event in recording.events] == kinds


async def test_a_file_that_cannot_be_written_ends_its_recording_and_nothing_else() -> None:
    recording = Recording()
    async with recording.running():
        recording.recorder.start(order())
        recording.recorder.start(order(SECOND))
        await recording.caller_talks(3, 1_000)
        recording.spool.files[0].fails = RecordingCause.DISK_FULL
        await recording.caller_talks(3, 400)
        assert list(recording.recorder.running) == [SECOND]
    assert next(event for event in recording.events if isinstance(event, RecordingEnded)).cause == "disk_full"


async def test_where_nothing_can_be_kept_an_order_is_answered_by_a_failure() -> None:
    recording = Recording(has_store=False)
    recording.recorder.start(order())
    recording.recorder.start(order())
    assert recording.events == [RecordingFailed(FIRST, 1, "no_store")]


async def test_more_recordings_at_once_than_a_heartbeat_names_are_refused() -> None:
    recording = Recording()
    for number in range(MAX_RECORDINGS + 1):
        recording.recorder.start(order(EgressId(f"EG_{number}")))
    assert len(recording.recorder.running) == MAX_RECORDINGS
    assert isinstance(recording.events[-1], RecordingFailed)
    recording.recorder.close(RecordingCause.CALL_OVER)
    await settle()
