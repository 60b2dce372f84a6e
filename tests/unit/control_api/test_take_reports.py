from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest

from control_api.call_events import encoded
from control_api.ports import CallTx
from control_api.recorder_jobs import with_new_recorder
from control_api.records import Call, CallType
from control_api.services.take_reports import UNKNOWN_CALL, UNKNOWN_EPOCH, Taken
from shared.agent_state import AgentState
from shared.call_report import (
    AgentGone,
    AgentJoined,
    CallEnded,
    GoneWhy,
    Happened,
    HappenedKind,
    Report,
    ReportEvent,
    Segment,
    Turn,
    Usage,
)
from shared.call_state import CallState, EndReason
from shared.ids import CallId
from tests.fakes.clock import START_MS
from tests.support.calls import ANN, ROOM
from tests.support.control_api_parts import Parts, parts

A_CALL: tuple[ReportEvent, ...] = (
    AgentJoined(),
    Segment("s1", ANN.user_id, "where is my order", START_MS + 2_000, START_MS + 3_000),
    Segment("s2", "agent", "on its way", START_MS + 3_600, START_MS + 4_000),
    Turn(1, 600, interrupted=False, played_ms=400),
    Usage(100, 20, 50, 90, audio_output_tokens=15, cached_audio_tokens=40),
    CallEnded(EndReason.CALLER_HUNG_UP),
)


def reports(call: Call, events: Sequence[ReportEvent], *, epoch: int = 1) -> list[Report]:
    return [Report(call.id, epoch, seq, START_MS + 1_000 * seq, event) for seq, event in enumerate(events, start=1)]


async def a_claimed(p: Parts) -> Call:
    call = await p.opened()
    await p.claimed(call)
    return call


async def take(p: Parts, batch: list[Report]) -> Taken:
    taken = await p.services.reports.take(batch)
    await p.closed()
    return taken


async def test_a_whole_call_told_by_its_worker_alone() -> None:
    p = parts()
    call = await a_claimed(p)
    taken = await take(p, reports(call, A_CALL))
    assert (taken.rejected, [ended.id for ended in taken.ended]) == ({}, [call.id])
    stored = await p.call(call.id)
    assert (stored.status, stored.end_reason) == (CallState.COMPLETED, EndReason.CALLER_HUNG_UP)
    assert (stored.agent_joined_ms, stored.connected_at_ms) == (START_MS + 1_000, START_MS + 2_000)
    assert stored.ended_at_ms == START_MS + 6_000
    state = p.store.state
    assert [segment.text for segment in state.segments.values()] == ["where is my order", "on its way"]
    assert len(state.turns) == 1
    assert [stored.usage for stored in state.usage.values()] == [A_CALL[4]]
    assert p.gateway.rooms == {}, "the call is over: its room is closed"


async def test_reports_that_come_again_change_nothing() -> None:
    p = parts()
    call = await a_claimed(p)
    batch = reports(call, A_CALL[:5])
    await take(p, batch)
    once = (await p.call(call.id), dict(p.store.state.segments), dict(p.store.state.usage))
    for _ in range(3):
        again = await take(p, random.sample(batch, 3))
        assert again.rejected == {}
    assert (await p.call(call.id), p.store.state.segments, p.store.state.usage) == once


async def test_a_segment_reported_again_replaces_the_earlier_one() -> None:
    p = parts()
    call = await a_claimed(p)
    long = Segment("s1", "agent", "as I was saying, your order", START_MS, START_MS + 900)
    await take(p, reports(call, [long, Segment("s1", "agent", "as I was", START_MS, START_MS + 400)]))
    (segment,) = p.store.state.segments.values()
    assert segment.text == "as I was"


async def test_what_cannot_be_used_is_refused_alone() -> None:
    p = parts()
    call = await a_claimed(p)
    unknown = Report(CallId("nobody"), 1, 1, START_MS, AgentJoined())
    later_epoch = Report(call.id, 2, 1, START_MS, AgentJoined())
    taken = await take(p, [unknown, later_epoch, *reports(call, A_CALL[:1])])
    assert taken.rejected == {0: UNKNOWN_CALL, 1: UNKNOWN_EPOCH}
    assert (await p.call(call.id)).agent_state is AgentState.ACTIVE


async def test_the_first_end_stands() -> None:
    p = parts()
    call = await a_claimed(p)
    await p.services.changer.end(ANN, call.room_name)
    taken = await take(p, reports(call, A_CALL))
    stored = await p.call(call.id)
    assert (stored.end_reason, taken.ended) == (EndReason.ENDED_BY_API, ())
    assert len(p.store.state.segments) == 2, "words that were said still count"


async def test_a_provider_that_failed_is_in_the_record_with_its_code() -> None:
    p = parts()
    call = await a_claimed(p)
    await take(p, reports(call, [AgentJoined(), CallEnded(EndReason.PROVIDER_AUTH, "invalid_api_key")]))
    stored = await p.call(call.id)
    assert (stored.status, stored.end_reason, stored.end_detail) == (
        CallState.FAILED,
        EndReason.PROVIDER_AUTH,
        "invalid_api_key",
    )


async def test_what_happened_to_the_model_changes_no_state() -> None:
    p = parts()
    call = await a_claimed(p)
    await take(p, reports(call, [AgentJoined()]))
    before = await p.call(call.id)
    later = Report(call.id, 1, 2, START_MS + 5_000, Happened(HappenedKind.MODEL_AWAY, "closed_1011"))
    assert (await take(p, [later])).rejected == {}
    assert await p.call(call.id) == before


@pytest.mark.parametrize(
    "end",
    [
        AgentGone(GoneWhy.REMOVED),
        AgentGone(GoneWhy.SUPERSEDED),
        AgentGone(GoneWhy.DRAINED),
        AgentGone(GoneWhy.NOT_STARTED),
        AgentGone(GoneWhy.DEAF),
        AgentGone(GoneWhy.PATH_LOST),
        CallEnded(EndReason.MEDIA_SERVER_LOST),
    ],
)
async def test_an_agent_that_left_without_leave_is_replaced(end: ReportEvent) -> None:
    p = parts()
    call = await a_claimed(p)
    await take(p, reports(call, [AgentJoined(), end]))
    assert not (await p.call(call.id)).is_final
    for _ in range(4):
        await p.tick()
    stored = await p.call(call.id)
    assert (stored.agent_epoch, stored.agent_state, stored.takes_over) == (2, AgentState.PENDING, True)


async def test_words_that_nobody_heard_after_all_are_taken_back() -> None:
    p = parts()
    call = await a_claimed(p)
    told = Segment("s1", "agent", "It will come.", START_MS + 1_000, START_MS + 2_000)
    await take(p, reports(call, [AgentJoined(), told, replace(told, text="")]))
    assert await p.store.read(lambda tx: tx.segments(call.id)) == []


async def test_who_waits_for_the_next_agent_is_told_at_once_that_one_is_out() -> None:
    p = parts()
    call = await a_claimed(p)
    await take(p, reports(call, [AgentJoined()]))
    assert not p.services.workers.take_news()
    await take(p, [Report(call.id, 1, 2, START_MS + 5_000, AgentGone(GoneWhy.PATH_LOST))])
    assert p.services.workers.take_news()
    assert not p.services.workers.take_news()


async def test_a_recorder_that_says_that_it_is_out_is_not_waited_for() -> None:
    p = parts()
    call = await a_claimed(p)

    def with_recorder(tx: CallTx) -> int:
        stored = tx.call(call.id)
        assert stored is not None
        sent = with_new_recorder(stored, START_MS)
        tx.save_call(sent)
        assert sent.recorder is not None
        return sent.recorder.epoch

    epoch = await p.store.write(with_recorder)
    await take(p, [Report(call.id, epoch, 1, START_MS + 5_000, AgentGone(GoneWhy.PATH_LOST))])
    stored = await p.call(call.id)
    assert stored.recorder is not None
    assert stored.recorder.gone_ms == START_MS + 5_000
    assert stored.agent_gone_ms is None


async def test_an_agent_that_was_taken_out_by_a_request_is_not_replaced() -> None:
    p = parts()
    call = await a_claimed(p)
    await take(p, reports(call, [AgentJoined()]))
    await p.services.agents.remove(ANN, ROOM)
    await take(p, [Report(call.id, 1, 2, START_MS + 5_000, AgentGone(GoneWhy.REMOVED))])
    for _ in range(4):
        await p.tick()
    stored = await p.call(call.id)
    assert (stored.agent_epoch, stored.agent_state) == (1, AgentState.DISCONNECTED)


async def test_no_show_is_missed_even_when_the_agent_was_there() -> None:
    p = parts()
    call = await a_claimed(p)
    await take(p, reports(call, [AgentJoined(), CallEnded(EndReason.NO_SHOW)]))
    assert (await p.call(call.id)).status is CallState.MISSED


async def test_the_log_has_each_report_once_and_no_words() -> None:
    p = parts()
    call = await a_claimed(p)
    batch = reports(call, (*A_CALL[:-1], Happened(HappenedKind.MODEL_AWAY, "closed_1011"), A_CALL[-1]))
    await take(p, batch)
    await take(p, batch)
    stored = await p.store.read(lambda tx: tx.events(call.id, 100))
    kinds = [event.data.kind for event in stored]
    assert kinds == [
        "created",
        "ringing",
        "dispatched",
        "claimed",
        "segment",
        "segment",
        "turn",
        "usage",
        "happened",
        "agent_joined",
        "connected",
        "ended",
    ]
    assert all("order" not in encoded(event.data) and "way" not in encoded(event.data) for event in stored[:8])


async def test_an_agent_that_leaves_says_why() -> None:
    p = parts()
    call = await p.opened(call_type=CallType.CONFERENCE)
    await p.claimed(call)
    await take(p, reports(call, (AgentJoined(), AgentGone(GoneWhy.HUNG_UP))))
    stored = await p.store.read(lambda tx: tx.events(call.id, 100))
    kinds = [event.data.kind for event in stored]
    assert kinds[-3:] == ["agent_left", "agent_joined", "agent_gone"], "what it says itself, and what follows from it"
