"""A worker dies or hangs, and another one takes up its calls."""

from __future__ import annotations

import pytest

from control_api.call_events import AgentLostEvent
from control_api.limits import Limits
from control_api.records import Call
from control_api.services.claim_call import talk_so_far
from shared.agent_state import AgentState
from shared.call_report import AGENT_SPEAKER, AgentGone, CallEnded, GoneWhy, Report, ReportEvent, Segment
from shared.call_spec import CallSpec
from shared.call_state import CallState, EndReason
from shared.claims import MAX_HISTORY_CHARS, MAX_HISTORY_ITEMS, SaidBefore
from shared.errors import VoiceError
from shared.ids import AGENT_NAME, WorkerId
from shared.room_signals import AGENT_LOST_TOPIC
from shared.worker_link import CommandKind
from tests.support.calls import ANN, WORKER, a_segment
from tests.support.control_api_parts import Parts, parts

OTHER = WorkerId("worker-2")


async def a_talk(p: Parts) -> Call:
    """The caller and the agent have said something; the API has run for a while."""
    call = await p.opened()
    for _ in range(12):
        await p.tick()
    await p.joins(call, ANN.user_id)
    await p.joins(call, call.agent_identity or "")
    await p.agent_joins(call)
    at_ms = p.clock.now_ms()
    await told(p, call, 2, Segment("i1", AGENT_SPEAKER, "Hello!", at_ms, at_ms + 500))
    await told(p, call, 3, Segment("i2", ANN.user_id, "Where is my order?", at_ms + 600, at_ms + 900))
    return await p.call(call.id)


async def told(p: Parts, call: Call, seq: int, event: ReportEvent) -> None:
    await p.services.reports.take([Report(call.id, call.agent_epoch, seq, p.clock.now_ms(), event)])


async def dies(p: Parts, worker_id: WorkerId = WORKER) -> None:
    p.services.workers.closed(p.services.workers._links[worker_id])
    await p.tick(0.9)
    await p.tick(0.2)


async def test_another_agent_is_dispatched_and_the_dead_one_is_put_out() -> None:
    p = parts()
    call = await a_talk(p)
    p.services.workers.closed(p.services.workers._links[WORKER])
    await p.tick(0.9)
    assert (await p.call(call.id)).agent_epoch == 1, "it may be back within a second"
    await p.tick(0.2)
    again = await p.call(call.id)
    assert (again.status, again.agent_state, again.agent_epoch) == (CallState.CONNECTED, AgentState.PENDING, 2)
    room = p.gateway.rooms[call.media_room]
    assert [one.identity for one in room.participants.values()] == [ANN.user_id]
    assert {CallSpec.from_metadata(metadata).epoch for _, metadata in room.dispatches} == {2}
    assert [topic for topic, _ in room.data] == [AGENT_LOST_TOPIC]
    log = [event.data for event in await p.store.read(lambda tx: tx.events(call.id, 100))]
    assert [one.detail for one in log if isinstance(one, AgentLostEvent)] == ["worker_gone"]


async def test_it_comes_back_to_the_same_process_and_nothing_happens() -> None:
    p = parts()
    call = await a_talk(p)
    p.services.workers.closed(p.services.workers._links.pop(WORKER))
    await p.tick(0.9)
    await p.beat(call)
    await p.tick(0.9)
    assert (await p.call(call.id)).agent_epoch == 1


async def test_the_new_agent_knows_the_talk_and_has_the_rest_of_the_time() -> None:
    p = parts(Limits(max_call_s=600))
    call = await a_talk(p)
    for _ in range(100):
        await p.beat(call)
        await p.tick()
    await dies(p)
    claim = await p.claimed(await p.call(call.id), worker_id=OTHER, job_id="job-2")
    assert claim.takes_over
    assert claim.history == (SaidBefore(True, "Hello!"), SaidBefore(False, "Where is my order?"))
    assert claim.max_duration_s == 600 - 101


async def test_before_they_met_there_is_nothing_to_take_up() -> None:
    p = parts()
    call = await p.opened()
    for _ in range(12):
        await p.tick()
    await p.agent_joins(call)
    await dies(p)
    claim = await p.claimed(await p.call(call.id), worker_id=OTHER, job_id="job-2")
    assert (claim.epoch, claim.takes_over, claim.history) == (2, False, ())


async def test_a_wedged_worker_loses_its_calls_and_is_told_when_it_wakes_up() -> None:
    p = parts()
    call = await a_talk(p)
    for _ in range(3):
        await p.tick()
    assert (await p.call(call.id)).agent_epoch == 2
    p.commands()
    workers = p.services.workers
    await p.beat(call, epoch=1)
    assert workers.views()[WORKER].connected
    await p.tick()
    assert {(command.kind, command.epoch) for command in p.commands()} == {(CommandKind.REMOVE_AGENT, 1)}
    with pytest.raises(VoiceError):
        await p.claimed(call, job_id="job-old")


async def test_what_the_former_agent_still_says_counts_but_for_the_end() -> None:
    p = parts()
    call = await a_talk(p)
    await dies(p)
    at_ms = p.clock.now_ms()
    late: list[ReportEvent] = [
        Segment("i3", AGENT_SPEAKER, "It is on its way.", at_ms - 200, at_ms - 100),
        AgentGone(GoneWhy.REMOVED),
        CallEnded(EndReason.INTERNAL_ERROR),
    ]
    for seq, event in enumerate(late, start=4):
        await told(p, call, seq, event)
    stored = await p.call(call.id)
    assert (stored.status, stored.agent_state, stored.agent_gone_ms) == (CallState.CONNECTED, AgentState.PENDING, None)
    claim = await p.claimed(stored, worker_id=OTHER, job_id="job-2")
    assert [said.text for said in claim.history] == ["Hello!", "Where is my order?", "It is on its way."]


async def test_the_new_one_makes_the_call_whole() -> None:
    p = parts()
    call = await a_talk(p)
    await dies(p)
    await p.agent_joins(call, worker_id=OTHER)
    await p.tick()
    stored = await p.call(call.id)
    assert (stored.agent_state, stored.agent_worker_id, len(stored.recovered_ms)) == (AgentState.ACTIVE, OTHER, 1)
    assert stored.connected_at_ms == call.connected_at_ms


async def test_nobody_is_there_to_take_it_up() -> None:
    p = parts()
    call = await a_talk(p)
    await dies(p)
    dispatches = []
    for _ in range(14):
        await p.tick()
        dispatches.append((await p.call(call.id)).agent_dispatches)
    assert dispatches == list(range(2, 16)), "once a second"
    await p.tick()
    ended = await p.call(call.id)
    assert (ended.status, ended.end_reason) == (CallState.FAILED, EndReason.AGENT_LOST)
    assert p.gateway.rooms == {}


async def test_a_media_server_that_does_not_answer_is_asked_again() -> None:
    p = parts()
    call = await a_talk(p)
    p.gateway.fail_next = {"remove_participant": 1}
    await dies(p)
    assert (await p.call(call.id)).agent_epoch == 2
    assert {CallSpec.from_metadata(metadata).epoch for _, metadata in p.gateway.rooms[call.media_room].dispatches} == {
        1
    }
    await p.tick()
    room = p.gateway.rooms[call.media_room]
    assert [one.identity for one in room.participants.values()] == [ANN.user_id]
    assert CallSpec.from_metadata(room.dispatches[-1][1]).epoch == 2


async def test_dispatching_again_does_not_put_out_the_one_who_has_come() -> None:
    p = parts()
    call = await a_talk(p)
    await dies(p)
    # Claimed and in the room, but the API does not know it yet.
    newcomer = p.gateway.joins(call.media_room, call.agent_identity or "")
    await p.tick()
    assert newcomer in p.gateway.rooms[call.media_room].participants.values()


async def test_an_api_that_was_killed_in_between_goes_on_from_the_store() -> None:
    p = parts()
    call = await a_talk(p)
    p.gateway.fail_next = {"remove_participant": 9, "dispatch": 99}
    await dies(p)
    p.gateway.fail_next = {}
    again = p.restarted()
    for _ in range(3):
        await again.tick()
    assert CallSpec.from_metadata(p.gateway.rooms[call.media_room].dispatches[-1][1]).epoch == 2
    assert (await again.call(call.id)).agent_epoch == 2
    assert p.gateway.rooms[call.media_room].dispatches[-1][0] == AGENT_NAME


def test_of_a_long_talk_the_newest_part_is_told() -> None:
    long = [a_segment(f"i{number}", text=f"{number} " + "x" * 1000) for number in range(100)]
    told_so_far = talk_so_far(long)
    assert told_so_far[-1].text == long[-1].text
    assert MAX_HISTORY_CHARS - 1100 < sum(len(said.text) for said in told_so_far) <= MAX_HISTORY_CHARS
    many = [a_segment(f"i{number}", text="x") for number in range(MAX_HISTORY_ITEMS + 7)]
    assert len(talk_so_far(many)) == MAX_HISTORY_ITEMS
    assert talk_so_far([]) == ()
