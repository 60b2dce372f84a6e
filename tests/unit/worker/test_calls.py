from __future__ import annotations

import asyncio

import pytest

from shared.call_report import AgentGone, CallEnded, GoneWhy, Happened, ReportEvent
from shared.call_spec import CallSpec, JobRole
from shared.call_state import EndReason
from shared.ids import EgressId, WorkerId
from shared.recording_order import Channels, FileType, RecordingOrder
from shared.traces import NoTraces
from shared.worker_link import Command, CommandKind, Heartbeat, HeldCall
from tests.fakes.call_room import FakeRoom
from tests.fakes.clock import FakeClock, settle
from tests.fakes.control_api import FakeControlApi
from tests.fakes.realtime_link import FakeRealtimeLink
from tests.fakes.recording import FakeRecordingSpool, FakeRecordingStore
from tests.fakes.spool import MemorySpool
from tests.unit.worker.harness import CLIPS, make_claim
from worker.archive import Archive
from worker.call_job import CallParts, Defaults
from worker.call_traces import CallTraces
from worker.calls import START_LIMIT_S, Accept, Calls, Reject
from worker.capacity import Capacity
from worker.measures import Measures
from worker.ports import PersonJoined, PersonLeft
from worker.reports import Reporter

CLAIM = make_claim()
HELD = HeldCall(CLAIM.call_id, CLAIM.epoch)
METADATA = CallSpec(CLAIM.call_id, CLAIM.room_name, CLAIM.epoch).to_metadata()


class Worker:
    def __init__(self, slots: int = 2) -> None:
        self.clock = FakeClock()
        self.api = FakeControlApi(CLAIM)
        self.spool = MemorySpool()
        self.measures = Measures()
        self.traces = CallTraces(NoTraces(), self.clock)
        self.rooms: list[FakeRoom] = []
        self.links: list[FakeRealtimeLink] = []
        self.recordings = FakeRecordingSpool()
        self.store = FakeRecordingStore()
        reporter = Reporter(self.spool, self.api, self.clock, lambda _, event: self.measures.reported(event))
        self.archive = Archive(
            spool=self.recordings, store=self.store, clock=self.clock, report=reporter.report_by_time
        )
        self.calls = Calls(
            worker_id=WorkerId("w1"),
            capacity=Capacity(slots),
            api=self.api,
            reporter=reporter,
            archive=self.archive,
            parts=CallParts(
                clips=CLIPS,
                room=lambda _: self._room(),
                notice_room=lambda _: self._room(),
                link=lambda _: self._link(),
                clock=self.clock,
                defaults=Defaults("m", "p", "g"),
            ),
            measures=self.measures,
            traces=self.traces,
        )

    def _room(self) -> FakeRoom:
        self.rooms.append(FakeRoom(self.clock))
        return self.rooms[-1]

    def _link(self) -> FakeRealtimeLink:
        self.links.append(FakeRealtimeLink(self.clock))
        return self.links[-1]

    def models(self) -> list[str]:
        return [held.model for held in self.calls.heartbeat().calls]

    def reported(self) -> list[ReportEvent]:
        batch = self.spool.oldest(100)
        return [report.event for report in batch.reports] if batch else []


async def test_a_job_is_claimed_served_and_its_slot_free_again() -> None:
    worker = Worker()
    assert await worker.calls.offer("job", METADATA) == Accept(CLAIM.agent_identity)
    assert worker.calls.heartbeat() == Heartbeat(1, (HELD,))
    serving = asyncio.create_task(worker.calls.serve("job"))
    await settle()
    worker.rooms[0].emit(PersonLeft(CLAIM.caller_identity, on_purpose=True))
    await serving
    assert worker.calls.heartbeat() == Heartbeat(2, ())
    assert worker.reported()[-1] == CallEnded(EndReason.CALLER_HUNG_UP)
    assert worker.rooms[0].left
    assert worker.links[0].closed


async def test_a_call_that_the_api_asks_it_to_take_is_claimed_and_served() -> None:
    worker = Worker()
    worker.calls.command(_take(CLAIM.room_name))
    await settle()
    assert worker.calls.heartbeat() == Heartbeat(1, (HELD,))
    worker.rooms[0].emit(PersonLeft(CLAIM.caller_identity, on_purpose=True))
    await settle()
    assert worker.calls.heartbeat() == Heartbeat(2, ())
    assert worker.reported()[-1] == CallEnded(EndReason.CALLER_HUNG_UP)


async def test_a_call_that_it_cannot_take_is_left_to_others() -> None:
    worker = Worker()
    worker.calls.drain()
    worker.calls.command(_take(CLAIM.room_name))
    worker.calls.command(_take(""))
    await settle()
    assert worker.calls.count == 0
    assert worker.reported() == []


async def test_a_call_that_was_taken_does_not_outlive_the_process() -> None:
    worker = Worker()
    worker.calls.command(_take(CLAIM.room_name))
    await settle()
    await worker.calls.aclose()
    assert worker.calls.count == 0


async def test_what_becomes_of_jobs_and_calls_is_counted() -> None:
    worker = Worker(slots=1)
    await worker.calls.offer("job", METADATA)
    assert worker.calls.by_role_and_state()["agent", "claimed"] == 1
    await worker.calls.offer("job 2", CallSpec(CLAIM.call_id, CLAIM.room_name, 2).to_metadata())
    await worker.calls.offer("job 3", "not json")
    serving = asyncio.create_task(worker.calls.serve("job"))
    await settle()
    assert worker.calls.by_role_and_state() == {
        ("agent", "claimed"): 0,
        ("agent", "running"): 1,
        ("recorder", "claimed"): 0,
        ("recorder", "running"): 0,
    }
    worker.rooms[0].emit(PersonLeft(CLAIM.caller_identity, on_purpose=True))
    await serving
    told = worker.measures.metrics.text().decode()
    for outcome in ("won", "full", "invalid"):
        assert f'voice_worker_claims_total{{outcome="{outcome}"}} 1.0' in told
    assert 'voice_worker_calls_ended_total{reason="caller_hung_up"} 1.0' in told


@pytest.mark.parametrize("metadata", ["", "not json", '{"v": 2}', '{"v":1,"callId":"c"}'])
async def test_a_job_that_is_not_ours_is_refused_for_good(metadata: str) -> None:
    worker = Worker()
    assert await worker.calls.offer("job", metadata) == Reject(final=True)
    assert worker.calls.heartbeat().free_slots == 2


async def test_a_lost_claim_is_refused_for_good() -> None:
    worker = Worker()
    worker.api.claims.clear()
    assert await worker.calls.offer("job", METADATA) == Reject(final=True)
    assert worker.calls.heartbeat() == Heartbeat(2, ())


async def test_without_the_api_another_worker_may_try() -> None:
    worker = Worker()
    worker.api.away = True
    assert await worker.calls.offer("job", METADATA) == Reject(final=False)
    assert worker.calls.heartbeat() == Heartbeat(2, ())


async def test_without_a_slot_the_api_is_not_asked() -> None:
    worker = Worker(slots=1)
    await worker.calls.offer("job", METADATA)
    other = make_claim(call_id="other")
    worker.api.claims[other.call_id, 1] = other
    metadata = CallSpec(other.call_id, other.room_name, 1).to_metadata()
    assert await worker.calls.offer("job 2", metadata) == Reject(final=False)
    assert ("other", 1) in worker.api.claims


async def test_slots_are_reserved_before_the_claim_is_answered() -> None:
    worker = Worker(slots=1)
    worker.api.hold_claims = asyncio.Event()
    first = asyncio.create_task(worker.calls.offer("job", METADATA))
    await settle()
    metadata = CallSpec(CLAIM.call_id, CLAIM.room_name, 2).to_metadata()
    assert await worker.calls.offer("job 2", metadata) == Reject(final=False)
    worker.api.hold_claims.set()
    assert isinstance(await first, Accept)


async def test_the_same_call_offered_twice_is_taken_once() -> None:
    worker = Worker()
    await worker.calls.offer("job", METADATA)
    assert await worker.calls.offer("job 2", METADATA) == Reject(final=False)


async def test_a_job_that_never_starts_is_told_and_its_slot_free() -> None:
    worker = Worker()
    await worker.calls.offer("job", METADATA)
    await worker.clock.advance(START_LIMIT_S - 0.1)
    worker.calls.sweep()
    assert worker.calls.count == 1
    await worker.clock.advance(0.1)
    worker.calls.sweep()
    assert worker.calls.heartbeat() == Heartbeat(2, ())
    assert worker.reported() == [AgentGone(GoneWhy.NOT_STARTED)]
    await worker.calls.serve("job")  # it starts after all
    assert worker.rooms == []


async def test_while_draining_no_job_is_taken_and_no_slot_is_free() -> None:
    worker = Worker()
    worker.calls.drain()
    assert worker.calls.heartbeat().free_slots == 0
    assert await worker.calls.offer("job", METADATA) == Reject(final=False)


@pytest.mark.parametrize("kind", [CommandKind.END, CommandKind.REMOVE_AGENT])
async def test_a_command_ends_the_call_it_names(kind: CommandKind) -> None:
    worker = Worker()
    await worker.calls.offer("job", METADATA)
    serving = asyncio.create_task(worker.calls.serve("job"))
    await settle()
    worker.calls.command(Command("c1", kind, HELD.call_id, 2))  # another epoch
    await settle()
    assert not serving.done()
    worker.calls.command(Command("c2", kind, HELD.call_id, HELD.epoch))
    worker.calls.command(Command("c3", kind, HELD.call_id, HELD.epoch))  # said again
    await serving
    assert worker.calls.count == 0
    assert not any(isinstance(event, CallEnded) for event in worker.reported())


async def test_heartbeats_name_the_model_that_runs_from_the_claim_on() -> None:
    worker = Worker()
    await worker.calls.offer("job", METADATA)
    assert worker.models() == ["gpt-realtime"]
    worker.calls.command(_set_model("other"))
    assert worker.models() == ["other"]
    serving = asyncio.create_task(worker.calls.serve("job"))
    await settle()
    worker.rooms[0].emit(PersonJoined(CLAIM.caller_identity))
    await worker.clock.advance(1)
    assert worker.links[0].brief is not None
    assert worker.links[0].brief.model == "other"

    worker.calls.command(_set_model("third"))
    worker.calls.command(_set_model("third"))  # said again
    assert worker.models() == ["other"]
    await worker.clock.advance(1)
    assert worker.models() == ["third"]
    assert [link.closed for link in worker.links] == [True, False]
    worker.calls.command(Command("c", CommandKind.END, HELD.call_id, HELD.epoch))
    await serving
    assert all(link.closed for link in worker.links)


@pytest.mark.parametrize("notice", [True, False])
async def test_a_recording_that_people_are_to_be_told_of_is_told_once(notice: bool) -> None:
    worker = Worker()
    await worker.calls.offer("job", METADATA)
    serving = asyncio.create_task(worker.calls.serve("job"))
    await settle()
    worker.rooms[0].emit(PersonJoined(CLAIM.caller_identity))
    order = RecordingOrder(EgressId("EG_1"), FileType.MP4, "call/EG_1.mp4", Channels.TWO_PARTY, notice)
    for _ in range(10):
        worker.calls.command(Command("c", CommandKind.START_RECORDING, HELD.call_id, HELD.epoch, order.to_args()))
        await worker.clock.advance(1)
    played = [event.detail for event in worker.reported() if isinstance(event, Happened)]
    assert played == (["recorded"] if notice else [])
    worker.calls.command(Command("c", CommandKind.END, HELD.call_id, HELD.epoch))
    await serving


@pytest.mark.parametrize("token", ["of the notice", None])
async def test_without_an_agent_another_participant_tells_it_if_there_is_a_token_for_it(token: str | None) -> None:
    worker = Worker()
    claim = make_claim(role=JobRole.RECORDER, notice_token=token)
    worker.api.claims[claim.call_id, claim.epoch] = claim
    await worker.calls.offer("job", METADATA)
    serving = asyncio.create_task(worker.calls.serve("job"))
    await settle()
    order = RecordingOrder(EgressId("EG_1"), FileType.MP4, "call/EG_1.mp4", Channels.TWO_PARTY, notice=True)
    for _ in range(10):
        worker.calls.command(Command("c", CommandKind.START_RECORDING, HELD.call_id, HELD.epoch, order.to_args()))
        await worker.clock.advance(1)
    played = [event.detail for event in worker.reported() if isinstance(event, Happened)]
    assert played == ([] if token is None else ["recorded"])
    assert [room.left for room in worker.rooms] == ([False] if token is None else [False, True])
    worker.calls.command(Command("c", CommandKind.END, HELD.call_id, HELD.epoch))
    await serving
    assert all(room.left for room in worker.rooms)


async def test_a_recorder_that_goes_takes_along_who_tells_of_its_recording() -> None:
    worker = Worker()
    claim = make_claim(role=JobRole.RECORDER, notice_token="of the notice")
    worker.api.claims[claim.call_id, claim.epoch] = claim
    await worker.calls.offer("job", METADATA)
    serving = asyncio.create_task(worker.calls.serve("job"))
    await settle()
    order = RecordingOrder(EgressId("EG_1"), FileType.MP4, "call/EG_1.mp4", Channels.TWO_PARTY, notice=True)
    worker.calls.command(Command("c", CommandKind.START_RECORDING, HELD.call_id, HELD.epoch, order.to_args()))
    await worker.clock.advance(1)
    assert [room.left for room in worker.rooms] == [False, False]
    worker.calls.end_all(EndReason.INTERNAL_ERROR)
    await serving
    assert [room.left for room in worker.rooms] == [True, True]


@pytest.mark.parametrize("args", [{}, {"model": ""}, {"model": 1}, {"model": "x" * 129}])
async def test_a_model_without_a_name_is_not_set(args: dict[str, object]) -> None:
    worker = Worker()
    await worker.calls.offer("job", METADATA)
    worker.calls.command(Command("c", CommandKind.SET_MODEL, HELD.call_id, HELD.epoch, args))
    assert worker.models() == ["gpt-realtime"]


async def test_after_its_agent_was_removed_a_call_can_have_another_one_here() -> None:
    worker = Worker(slots=1)
    await worker.calls.offer("job", METADATA)
    first = asyncio.create_task(worker.calls.serve("job"))
    await settle()
    worker.calls.command(Command("c1", CommandKind.REMOVE_AGENT, HELD.call_id, 1))
    await first
    assert worker.reported()[-1] == AgentGone(GoneWhy.REMOVED)

    again = make_claim(epoch=2)
    worker.api.claims[again.call_id, 2] = again
    assert isinstance(
        await worker.calls.offer("job 2", CallSpec(CLAIM.call_id, CLAIM.room_name, 2).to_metadata()), Accept
    )
    second = asyncio.create_task(worker.calls.serve("job 2"))
    await settle()
    worker.calls.command(Command("c1", CommandKind.REMOVE_AGENT, HELD.call_id, 1))  # late, and about the first one
    await settle()
    assert worker.calls.heartbeat().calls == (HeldCall(CLAIM.call_id, 2),)
    worker.rooms[1].emit(PersonLeft(CLAIM.caller_identity, on_purpose=True))
    await second
    assert worker.calls.heartbeat() == Heartbeat(1, ())


async def test_a_call_that_is_over_before_its_job_starts_is_never_served() -> None:
    worker = Worker()
    await worker.calls.offer("job", METADATA)
    worker.calls.command(Command("c1", CommandKind.END, HELD.call_id, HELD.epoch))
    assert worker.calls.heartbeat() == Heartbeat(2, ())
    await worker.calls.serve("job")
    assert worker.rooms == []


async def test_a_command_about_a_call_that_is_not_here_changes_nothing() -> None:
    worker = Worker()
    worker.calls.command(Command("c1", CommandKind.END, HELD.call_id, 1))
    assert worker.calls.count == 0


async def test_ending_all_ends_those_that_have_not_started_too() -> None:
    worker = Worker()
    await worker.calls.offer("job", METADATA)
    worker.calls.end_all(EndReason.ENDED_BY_API)
    await worker.calls.wait_until_none()
    assert worker.reported() == [CallEnded(EndReason.ENDED_BY_API)]


def _set_model(model: str) -> Command:
    return Command("c", CommandKind.SET_MODEL, HELD.call_id, HELD.epoch, {"model": model})


def _take(room: str) -> Command:
    return Command("c", CommandKind.TAKE_CALL, CLAIM.call_id, CLAIM.epoch, {"roomName": room})
