"""Who records which call, and what becomes of a recording of which nothing is heard any more."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from control_api.recording_records import Recording
from control_api.records import Call, CallType
from control_api.services.agents import AgentRequest
from control_api.services.recordings import RecordingBackend
from shared.call_report import AgentGone, AgentJoined, GoneWhy, RecordingCause, Report, ReportEvent
from shared.call_spec import CallSpec, JobRole
from shared.claims import Claim, ClaimRequest
from shared.errors import VoiceError
from shared.ids import EgressId, WorkerId, recorder_identity
from shared.recording_order import WHOLE, JoinOrder
from shared.recording_state import RecordingState
from shared.worker_link import Command, CommandKind, Heartbeat, HeldCall
from tests.fakes.recorder import FakeStorage
from tests.support.calls import ANN, T0, WORKER
from tests.support.control_api_parts import Parts, a_hello, parts
from tests.support.recordings import ended, failed, started, stored, whole

SECOND = WorkerId("worker-2")


@dataclass
class Scene:
    """A call, and workers that say each second what they hold."""

    p: Parts
    call: Call
    held: dict[WorkerId, list[HeldCall]] = field(default_factory=dict)

    async def seconds(self, count: int = 1) -> list[Command]:
        """What workers were told in them."""
        told: list[Command] = []
        for _ in range(count):
            for worker_id, held in self.held.items():
                links = self.p.services.workers._links
                link = links.get(worker_id) or self.p.services.workers.connected(a_hello(worker_id=worker_id))
                self.p.services.workers.heard(link, Heartbeat(4, tuple(held)))
            await self.p.tick()
            for worker_id in self.held:
                told += self.p.commands(worker_id)
        return told

    def holds(self, epoch: int, *recordings: str, worker: WorkerId = WORKER, role: JobRole = JobRole.AGENT) -> None:
        writes = tuple(EgressId(egress_id) for egress_id in recordings)
        self.held[worker] = [HeldCall(self.call.id, epoch, role=role, recordings=writes)]

    def dies(self, worker: WorkerId = WORKER) -> None:
        self.held.pop(worker, None)
        self.p.services.workers.closed(self.p.services.workers._links[worker])

    async def recording(self) -> Recording:
        (found,) = await self.p.store.read(lambda tx: tx.recordings(self.call.id))
        return found

    def dispatched(self) -> list[CallSpec]:
        room = self.p.gateway.rooms[self.call.media_room]
        specs = [CallSpec.from_metadata(metadata) for _, metadata in room.dispatches]
        return [spec for spec in specs if spec.role is JobRole.RECORDER]

    async def claimed(self, epoch: int, worker: WorkerId = WORKER) -> Claim:
        return await self.p.services.claims.claim(ClaimRequest(worker, self.call.id, epoch, f"job-{epoch}"))


async def an_agents_call(**changes: Any) -> Scene:
    p = parts(recording=RecordingBackend(FakeStorage()))
    call = await p.opened(**changes)
    await p.joins(call, "user-1")
    await p.agent_joins(call)
    scene = Scene(p, call)
    scene.holds(1)
    return scene


def orders(commands: list[Command]) -> list[tuple[int, str]]:
    """(epoch, path)"""
    return [(told.epoch, told.args["path"]) for told in commands if told.kind is CommandKind.START_RECORDING]


async def test_the_agents_job_is_told_until_its_heartbeat_says_that_it_records() -> None:
    scene = await an_agents_call()
    told = await scene.seconds(3)
    recording = await scene.recording()
    assert set(orders(told)) == {(1, recording.path)}
    assert len(orders(told)) >= 2
    assert {**told[0].args, "path": ""} == {
        "egressId": recording.egress_id,
        "fileType": "mp4",
        "path": "",
        "channels": "two_party",
        "notice": False,
    }
    scene.holds(1, recording.egress_id)
    await scene.p.told(started(recording.egress_id))
    assert orders(await scene.seconds(3)) == []
    assert scene.dispatched() == [], "no second connection"
    assert (await scene.recording()).state is RecordingState.ACTIVE


async def test_it_is_told_to_stop_until_it_has() -> None:
    scene = await an_agents_call()
    await scene.seconds(2)
    egress_id = (await scene.recording()).egress_id
    scene.holds(1, egress_id)
    await scene.seconds()
    await scene.p.services.recordings.stop(ANN, scene.call.room_name)
    told = [*scene.p.commands(), *await scene.seconds(3)]
    stops = [one for one in told if one.kind is CommandKind.STOP_RECORDING]
    assert len(stops) >= 3
    assert {one.args["egressId"] for one in stops} == {egress_id}
    scene.holds(1)
    await scene.p.told(*whole(egress_id))
    assert await scene.seconds(3) == []
    assert (await scene.recording()).state is RecordingState.READY


async def test_when_the_agent_is_removed_a_recorder_goes_on_with_a_part_of_its_own() -> None:
    scene = await an_agents_call(call_type=CallType.CONFERENCE)
    await scene.seconds(2)
    recording = await scene.recording()
    scene.holds(1, recording.egress_id)
    await scene.p.told(started(recording.egress_id))
    await scene.seconds()
    await scene.p.services.agents.remove(ANN, scene.call.room_name)
    scene.held.clear()
    await scene.p.told(ended(recording.egress_id, cause=RecordingCause.JOB_OVER), stored(recording.egress_id))
    scene.holds(9, worker=SECOND)  # of another call's business
    scene.held[SECOND] = []
    await scene.seconds(2)
    (spec,) = scene.dispatched()
    assert spec.epoch == 2
    claim = await scene.claimed(2, SECOND)
    assert (claim.role, claim.agent_identity) == (JobRole.RECORDER, recorder_identity(scene.call.id))
    assert (claim.token.split()[0], claim.system_prompt, claim.voice, claim.model) == ("recorder", "", "", "")
    scene.holds(2, worker=SECOND, role=JobRole.RECORDER)
    told = await scene.seconds(1)
    assert orders(told) == [(2, recording.path.replace(".mp4", ".part-2.mp4"))]
    assert told[0].args["channels"] == "mixed"
    scene.holds(2, recording.egress_id, worker=SECOND, role=JobRole.RECORDER)
    assert orders(await scene.seconds(2)) == []
    await scene.p.services.agents.spawn(ANN, scene.call.room_name, AgentRequest())
    await scene.seconds(2)
    assert (await scene.p.call(scene.call.id)).agent_epoch == 3, "one count for both"
    assert (await scene.p.call(scene.call.id)).recorder.gone_ms is None, "it goes on"  # type: ignore[union-attr]


async def test_two_claims_for_one_recorder() -> None:
    scene = await people_who_talk()
    (spec,) = scene.dispatched()
    await scene.claimed(spec.epoch)
    assert (await scene.claimed(spec.epoch)).epoch == spec.epoch, "the same job, whose answer was lost"
    with pytest.raises(VoiceError, match="claim_lost"):
        await scene.claimed(spec.epoch, SECOND)


async def people_who_talk(**changes: Any) -> Scene:
    p = parts(recording=RecordingBackend(FakeStorage()))
    call = await p.opened(**{"call_type": CallType.CONFERENCE, "ai_enabled": False} | changes)
    await p.joins(call, "user-1")
    await p.joins(call, "user-2")
    scene = Scene(p, call)
    scene.held[WORKER] = []
    await scene.seconds(2)
    return scene


async def test_people_are_recorded_by_a_hidden_recorder_that_is_dispatched_until_one_claims_it() -> None:
    scene = await people_who_talk()
    assert [spec.epoch for spec in scene.dispatched()] == [1]
    await scene.seconds(4)
    assert [spec.epoch for spec in scene.dispatched()] == [1, 1]
    await scene.claimed(1)
    scene.holds(1, role=JobRole.RECORDER)
    recording = await scene.recording()
    assert orders(await scene.seconds()) == [(1, recording.path)]
    scene.holds(1, recording.egress_id, role=JobRole.RECORDER)
    await scene.p.told(started(recording.egress_id))
    await scene.p.services.recordings.stop(ANN, scene.call.room_name)
    scene.holds(1, role=JobRole.RECORDER)
    await scene.p.told(ended(recording.egress_id), stored(recording.egress_id))
    told = await scene.seconds(3)
    assert {one.kind for one in told} == {CommandKind.REMOVE_AGENT}, "nothing to do any more"


async def one_recording_is_over() -> Scene:
    """The recorder is still there, as its worker says."""
    scene = await people_who_talk()
    await scene.claimed(1)
    scene.holds(1, role=JobRole.RECORDER)
    await scene.seconds()
    recording = await scene.recording()
    scene.holds(1, recording.egress_id, role=JobRole.RECORDER)
    await scene.p.told(started(recording.egress_id))
    await scene.p.services.recordings.stop(ANN, scene.call.room_name)
    scene.holds(1, role=JobRole.RECORDER)
    await scene.p.told(ended(recording.egress_id), stored(recording.egress_id))
    scene.p.commands()
    return scene


async def test_one_that_was_told_to_leave_is_not_given_the_next_recording() -> None:
    scene = await one_recording_is_over()
    await scene.seconds()
    job = (await scene.p.call(scene.call.id)).recorder
    assert job is not None
    assert job.gone_ms is not None
    await scene.p.services.recordings.start(ANN, scene.call.room_name, output_path=None, file_type="mp4")
    assert orders(scene.p.commands()) == []
    assert orders(await scene.seconds()) == []
    assert [spec.epoch for spec in scene.dispatched()][-1] == 2
    scene.held[SECOND] = []
    await scene.seconds()
    await scene.claimed(2, SECOND)
    scene.holds(2, worker=SECOND, role=JobRole.RECORDER)
    assert {epoch for epoch, _ in orders(await scene.seconds())} == {2}


async def test_one_that_was_given_the_next_recording_is_not_told_to_leave() -> None:
    """It was decided before, and is done after."""
    scene = await one_recording_is_over()
    await scene.p.services.recordings.start(ANN, scene.call.room_name, output_path=None, file_type="mp4")
    assert [epoch for epoch, _ in orders(scene.p.commands())] == [1]
    await scene.p.services.recorders.drop(scene.call, 1, is_lost=False)
    assert {one.kind for one in await scene.seconds()} == {CommandKind.START_RECORDING}
    await scene.p.services.recorders.drop(scene.call, 1, is_lost=True)
    await scene.seconds()
    assert [spec.epoch for spec in scene.dispatched()][-1] == 2


async def test_a_recorder_that_dies_is_replaced_and_the_recording_is_partial() -> None:
    scene = await people_who_talk()
    await scene.seconds(12)  # a worker's silence is judged from then on
    await scene.claimed(1)
    recording = await scene.recording()
    scene.holds(1, recording.egress_id, role=JobRole.RECORDER)
    await scene.p.told(started(recording.egress_id))
    await scene.seconds(2)
    scene.dies()
    scene.held[SECOND] = []
    await scene.seconds(4)
    assert scene.dispatched()[-1].epoch == 2
    await scene.claimed(2, SECOND)
    scene.holds(2, worker=SECOND, role=JobRole.RECORDER)
    assert orders(await scene.seconds(1))[0][0] == 2
    scene.holds(2, recording.egress_id, worker=SECOND, role=JobRole.RECORDER)
    await scene.p.told(started(recording.egress_id, 2))
    await scene.p.services.recordings.stop(ANN, scene.call.room_name)
    scene.holds(2, worker=SECOND, role=JobRole.RECORDER)
    await scene.p.told(ended(recording.egress_id, 2), stored(recording.egress_id, 2, "b.mp4"))
    assert (await scene.recording()).state is RecordingState.STOPPING, "the first part may yet be found"
    await scene.seconds(16)
    done = await scene.recording()
    assert (done.state, done.file_path) == (RecordingState.PARTIAL, "b.mp4")


async def test_a_recorder_that_is_killed_before_its_first_sound_is_replaced_too() -> None:
    scene = await people_who_talk()
    await scene.seconds(12)  # a worker's silence is judged from then on
    await scene.claimed(1)
    recording = await scene.recording()
    scene.holds(1, recording.egress_id, role=JobRole.RECORDER)
    await scene.p.told(started(recording.egress_id))
    await scene.seconds(1)
    scene.dies()
    scene.held[SECOND] = []
    await scene.p.told(failed(recording.egress_id, cause=RecordingCause.WORKER_LOST))  # by who found it on the disk
    assert (await scene.recording()).state is RecordingState.ACTIVE
    await scene.seconds(4)
    assert scene.dispatched()[-1].epoch == 2
    await scene.claimed(2, SECOND)
    scene.holds(2, worker=SECOND, role=JobRole.RECORDER)
    assert orders(await scene.seconds(1))[0][0] == 2
    scene.holds(2, recording.egress_id, worker=SECOND, role=JobRole.RECORDER)
    await scene.p.told(started(recording.egress_id, 2))
    await scene.p.services.changer.end(ANN, scene.call.room_name)
    scene.held.clear()
    await scene.p.told(ended(recording.egress_id, 2, RecordingCause.CALL_OVER), stored(recording.egress_id, 2, "b.mp4"))
    done = await scene.recording()
    assert (done.state, done.file_path) == (RecordingState.PARTIAL, "b.mp4"), "nobody waits for the first part"


@pytest.mark.parametrize("is_told_first", [True, False])
async def test_a_recording_whose_only_part_is_empty_fails_with_its_call(is_told_first: bool) -> None:
    scene = await people_who_talk()
    await scene.claimed(1)
    egress_id = (await scene.recording()).egress_id
    empty = [started(egress_id), failed(egress_id, cause=RecordingCause.WORKER_LOST)]
    await scene.p.told(*empty if is_told_first else ())
    await scene.p.services.changer.end(ANN, scene.call.room_name)
    scene.held.clear()
    await scene.seconds(2)
    await scene.p.told(*() if is_told_first else empty)
    assert (await scene.recording()).state is RecordingState.FAILED


async def test_a_recording_of_which_nothing_is_heard_fails_within_a_minute_and_blocks_nothing() -> None:
    scene = await an_agents_call(call_type=CallType.CONFERENCE)
    await scene.seconds(12)
    recording = await scene.recording()
    await scene.p.services.recordings.stop(ANN, scene.call.room_name)
    await scene.seconds(16)
    assert (await scene.recording()).state is RecordingState.FAILED
    again = await scene.p.services.recordings.start(
        ANN, scene.call.room_name, output_path=None, file_type="ogg", attempt=None
    )
    assert again.egress_id != recording.egress_id


async def test_one_that_its_worker_names_for_ever_is_given_up_within_a_minute() -> None:
    scene = await an_agents_call()
    await scene.seconds(12)
    recording = await scene.recording()
    scene.holds(1, recording.egress_id)
    await scene.p.told(started(recording.egress_id))
    await scene.p.services.recordings.stop(ANN, scene.call.room_name)
    await scene.seconds(30)
    assert (await scene.recording()).state is RecordingState.STOPPING
    await scene.seconds(16)
    assert (await scene.recording()).state is RecordingState.FAILED


async def test_while_the_store_is_down_it_is_uploading_for_a_day() -> None:
    scene = await an_agents_call()
    await scene.seconds(2)
    recording = await scene.recording()
    await scene.p.told(started(recording.egress_id))
    await scene.p.services.changer.end(ANN, scene.call.room_name)
    await scene.p.told(ended(recording.egress_id, cause=RecordingCause.CALL_OVER))
    scene.held.clear()
    await scene.p.tick(23 * 3600)
    assert (await scene.recording()).state is RecordingState.UPLOADING
    await scene.p.tick(3700)
    assert (await scene.recording()).state is RecordingState.FAILED
    await scene.p.told(stored(recording.egress_id))
    assert (await scene.recording()).state is RecordingState.READY, "it arrived after all"


async def one_who_waits(**changes: Any) -> Scene:
    p = parts(recording=RecordingBackend(FakeStorage()))
    call = await p.opened(
        **{"call_type": CallType.CONFERENCE, "ai_enabled": False, "recording_enabled": True} | changes
    )
    scene = Scene(p, call)
    scene.held[WORKER] = []
    await scene.seconds(2)
    assert scene.dispatched() == [], "nobody is there"
    await p.joins(call, "user-1")
    await scene.seconds()
    return scene


async def test_a_recorder_is_there_before_people_meet_and_records_from_the_first_look_on() -> None:
    scene = await one_who_waits()
    assert [spec.epoch for spec in scene.dispatched()] == [1]
    assert (await scene.claimed(1)).is_early is True
    scene.holds(1, role=JobRole.RECORDER)
    assert await scene.seconds(3) == []
    assert await scene.p.store.read(lambda tx: tx.recordings(scene.call.id)) == [], "nothing is recorded before"
    await scene.p.joins(scene.call, "user-2")
    assert orders(await scene.seconds(1)) == [(1, (await scene.recording()).path)]
    assert len(scene.dispatched()) == 1


@pytest.mark.parametrize("changes", [{"recording_enabled": False}, {"ai_enabled": True}])
async def test_who_needs_no_recorder_gets_none_ahead(changes: dict[str, Any]) -> None:
    assert (await one_who_waits(**changes)).dispatched() == []


async def test_a_recorder_that_nobody_waits_with_any_more_is_let_go() -> None:
    scene = await one_who_waits(transcription_enabled=True)
    await scene.claimed(1)
    scene.holds(1, role=JobRole.RECORDER)
    await scene.p.services.changer.end(ANN, scene.call.room_name)
    told = [*scene.p.commands(), *await scene.seconds(2)]
    assert {one.kind for one in told} == {CommandKind.END}


async def test_a_recorder_that_comes_later_hears_at_once() -> None:
    scene = await people_who_talk()
    assert (await scene.claimed(1)).is_early is False


async def test_words_of_people_are_heard_by_a_recorder_too() -> None:
    scene = await people_who_talk(recording_enabled=False, transcription_enabled=True)
    (spec,) = scene.dispatched()
    assert (await scene.claimed(spec.epoch)).transcribe is True
    scene.holds(spec.epoch, role=JobRole.RECORDER)
    assert await scene.seconds(3) == []
    await scene.p.services.changer.end(ANN, scene.call.room_name)
    told = [*scene.p.commands(), *await scene.seconds(2)]
    assert {one.kind for one in told} == {CommandKind.END}


async def test_reports_of_a_recorder_change_nothing_of_the_call() -> None:
    scene = await people_who_talk()
    await scene.claimed(1)
    before = await scene.p.call(scene.call.id)
    events: list[ReportEvent] = [AgentJoined(), AgentGone(GoneWhy.DRAINED)]
    for seq, event in enumerate(events, start=1):
        taken = await scene.p.services.reports.take([Report(scene.call.id, 1, seq, scene.p.clock.now_ms(), event)])
        assert taken.rejected == {}
    after = await scene.p.call(scene.call.id)
    assert (after.agent_state, after.agent_joined_ms) == (before.agent_state, before.agent_joined_ms) == (None, None)


async def test_a_part_that_cannot_be_written_ends_the_recording() -> None:
    scene = await an_agents_call()
    await scene.seconds(2)
    recording = await scene.recording()
    await scene.p.told(failed(recording.egress_id))
    assert (await scene.recording()).state is RecordingState.FAILED
    assert orders(await scene.seconds(3)) == []


async def test_a_recording_of_two_parts_is_joined_by_a_worker_that_is_told_until_it_is() -> None:
    scene = await an_agents_call()
    await scene.seconds(2)
    recording = await scene.recording()
    egress_id, path = recording.egress_id, recording.path
    second, whole_file = path.replace(".mp4", ".part-2.mp4"), path.replace(".mp4", ".parts-1-2.mp4")
    await scene.p.told(
        started(egress_id), ended(egress_id, cause=RecordingCause.WORKER_LOST), stored(egress_id, path=path)
    )
    await scene.p.told(started(egress_id, 2, T0 + 65_000), ended(egress_id, 2), stored(egress_id, 2, second))
    scene.holds(1)
    assert (await scene.recording()).state is RecordingState.PARTIAL
    told = [one for one in await scene.seconds(25) if one.kind is CommandKind.JOIN_RECORDING]
    assert len(told) >= 2, "until it is done"
    order = JoinOrder.from_args(told[0].args)
    assert (order.path, order.parts) == (whole_file, ((path, 0), (second, 65_000)))
    await scene.p.told(stored(egress_id, WHOLE, whole_file, 125_000))
    await scene.seconds(2)
    joined = await scene.recording()
    assert (joined.file_path, joined.duration_ms) == (whole_file, 125_000)
    assert joined.state is RecordingState.PARTIAL, "of five seconds there is nothing"
    assert not [one for one in await scene.seconds(25) if one.kind is CommandKind.JOIN_RECORDING]
