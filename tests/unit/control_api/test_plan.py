from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from control_api.limits import Limits
from control_api.records import Call
from control_api.services.workers import WorkerView
from control_api.upkeep.plan import (
    Action,
    CloseRoom,
    Dispatch,
    EndCall,
    LookInside,
    RoomsSeen,
    Seen,
    TellWorker,
    missing_since,
    plan,
    why_over,
)
from shared.agent_state import AgentState
from shared.call_state import CallState, EndReason
from shared.ids import CallId
from shared.worker_link import CommandKind
from tests.support.calls import CALL, ROOM, ROOM_SID, T0, WORKER, a_call, a_claimed_call, a_connected_call

NOW = T0 + 100_000
LISTED = RoomsSeen(NOW - 1000, {ROOM: ROOM_SID}, {})
ALIVE = WorkerView(WORKER, connected=True, silent_s=0.5, free_slots=3, calls={CALL: 1}, listening_s=500)


def seen(call: Call | None = None, **changes: Any) -> Seen:
    """Everything is well, everything is known, 100 s after the call was made."""
    view = Seen(
        now_ms=NOW,
        started_ms=T0 - 3_600_000,
        open_calls=[] if call is None else [call],
        unclosed=[],
        workers={WORKER: ALIVE},
        hears_workers=True,
        rooms=LISTED,
        limits=Limits(),
        looked_ms={CALL: NOW - 1000},
    )
    return replace(view, **changes)


def kinds(actions: Sequence[Action]) -> list[str]:
    return [type(action).__name__ for action in actions]


def test_a_call_that_is_well_needs_nothing() -> None:
    assert plan(seen(a_connected_call())) == []


@pytest.mark.parametrize(("age_s", "reason"), [(14, None), (16, EndReason.INTERNAL_ERROR)])
def test_a_call_whose_opening_died(age_s: int, reason: EndReason | None) -> None:
    call = a_call(status=CallState.PENDING, opened_at_ms=None, created_at_ms=NOW - age_s * 1000)
    assert why_over(call, seen(call)) is reason


# --- agent ---------------------------------------------------------------------------------------------------------


def waiting(for_s: float, since_last_dispatch_s: float | None = None) -> Call:
    last_s = for_s if since_last_dispatch_s is None else since_last_dispatch_s
    return a_call(
        opened_at_ms=int(NOW - for_s * 1000),
        agent_requested_ms=int(NOW - for_s * 1000),
        agent_dispatched_ms=int(NOW - last_s * 1000),
    )


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (waiting(2.9), []),
        (waiting(3), ["Dispatch"]),
        (waiting(5, 2), []),
        (waiting(14.9, 3), ["Dispatch"]),
        (waiting(15), ["EndCall"]),
    ],
)
def test_a_dispatch_that_nobody_claims(call: Call, expected: list[str]) -> None:
    actions = [action for action in plan(seen(call)) if isinstance(action, Dispatch | EndCall)]
    assert kinds(actions) == expected
    assert all(not isinstance(action, EndCall) or action.reason is EndReason.NO_AGENT for action in actions)


def test_while_the_api_was_down_nobody_could_claim() -> None:
    assert why_over(waiting(40), seen(started_ms=NOW - 14_000)) is None
    assert why_over(waiting(40), seen(started_ms=NOW - 15_000)) is EndReason.NO_AGENT


@pytest.mark.parametrize(
    ("worker", "reason"),
    [
        (ALIVE, None),
        (replace(ALIVE, silent_s=3.4), None),
        (replace(ALIVE, silent_s=3.5), EndReason.AGENT_LOST),
        (replace(ALIVE, connected=False, silent_s=0.9), None),
        (replace(ALIVE, connected=False, silent_s=1.0), EndReason.AGENT_LOST),
        (replace(ALIVE, calls={}, unnamed_s={CALL: 9.0}), None),
        (replace(ALIVE, calls={}, unnamed_s={CALL: 10.0}), EndReason.AGENT_LOST),
        (replace(ALIVE, calls={}, listening_s=9.0), None),
        (replace(ALIVE, calls={}, listening_s=10.0), EndReason.AGENT_LOST),
        (None, EndReason.AGENT_LOST),
    ],
)
def test_an_agent_is_judged_by_its_worker(worker: WorkerView | None, reason: EndReason | None) -> None:
    workers = {} if worker is None else {WORKER: worker}
    assert why_over(a_connected_call(), seen(workers=workers)) is reason
    assert why_over(a_connected_call(), seen(workers=workers, hears_workers=False)) is None, "nobody is judged yet"


def test_a_worker_may_claim_before_it_is_known() -> None:
    call = a_claimed_call(agent_claimed_ms=NOW - 2_000, caller_joined_ms=T0)
    assert why_over(call, seen(workers={})) is None


def test_an_agent_that_claimed_and_never_joined() -> None:
    call = a_claimed_call(agent_claimed_ms=NOW - 30_000, caller_joined_ms=T0)
    assert why_over(call, seen()) is EndReason.AGENT_LOST
    assert why_over(call, seen(rooms=None)) is None, "LiveKit cannot say whether it is there"


def test_an_agent_that_is_gone_from_an_open_call() -> None:
    assert why_over(a_connected_call(agent_state=AgentState.DISCONNECTED), seen()) is EndReason.AGENT_LOST


def test_workers_are_told_of_calls_that_are_over_or_have_another_agent() -> None:
    other = CallId("01890000-0000-7000-8000-ffffffffffff")
    worker = replace(ALIVE, calls={CALL: 1, other: 3})
    assert plan(seen(a_connected_call(), workers={WORKER: worker})) == [TellWorker(WORKER, other, 3)]
    newer = a_connected_call(agent_epoch=2)
    assert TellWorker(WORKER, CALL, 1, CommandKind.REMOVE_AGENT) in plan(seen(newer, workers={WORKER: worker}))
    gone = replace(worker, connected=False)
    assert not [action for action in plan(seen(workers={WORKER: gone})) if isinstance(action, TellWorker)]


# --- people --------------------------------------------------------------------------------------------------------


def test_a_caller_who_never_comes() -> None:
    call = a_claimed_call(agent_joined_ms=T0 + 500, agent_state=AgentState.ACTIVE)
    assert why_over(call, seen()) is EndReason.NO_SHOW
    assert why_over(call, seen(now_ms=T0 + 59_000, looked_ms={CALL: T0 + 58_000})) is None
    assert why_over(replace(call, caller_seen_ms=T0 + 5_000), seen()) is None


def test_absence_needs_a_fresh_look() -> None:
    call = a_claimed_call(agent_joined_ms=T0 + 500, agent_state=AgentState.ACTIVE)
    for looked in ({}, {CALL: NOW - 9_000}):
        view = seen(call, looked_ms=looked)
        assert why_over(call, view) is None
        assert plan(view) == [LookInside(call, ROOM_SID)]


def test_a_caller_who_does_not_come_back() -> None:
    assert why_over(a_connected_call(caller_away_ms=NOW - 29_000), seen()) is None
    assert why_over(a_connected_call(caller_away_ms=NOW - 30_000), seen()) is EndReason.CALLER_LOST


@pytest.mark.parametrize(
    ("call", "looked_s", "is_due"),
    [
        (a_connected_call(), 9, False),
        (a_connected_call(), 10, True),
        (a_connected_call(caller_away_ms=NOW - 5_000), 4, True),
        (a_claimed_call(caller_joined_ms=T0 + 300), 3, False),
    ],
)
def test_rooms_are_looked_into_as_often_as_needed(call: Call, looked_s: int, *, is_due: bool) -> None:
    looks = [
        action for action in plan(seen(call, looked_ms={CALL: NOW - looked_s * 1000})) if isinstance(action, LookInside)
    ]
    assert bool(looks) is is_due


# --- media server --------------------------------------------------------------------------------------------------


def test_a_room_that_is_gone() -> None:
    call = a_connected_call()
    for missing_s, reason in ((4, None), (5, EndReason.MEDIA_SERVER_LOST)):
        rooms = RoomsSeen(NOW, {}, {CALL: NOW - missing_s * 1000})
        assert why_over(call, seen(rooms=rooms)) is reason
    assert why_over(call, seen(rooms=None)) is None


def test_a_room_that_was_said_to_be_finished() -> None:
    assert why_over(a_connected_call(room_finished_ms=NOW - 4_000), seen()) is None
    assert why_over(a_connected_call(room_finished_ms=NOW - 5_000), seen()) is EndReason.EVERYONE_LEFT


def test_nothing_is_judged_while_livekit_is_silent() -> None:
    for call in (
        a_connected_call(),
        a_claimed_call(agent_state=AgentState.ACTIVE),
        a_connected_call(caller_away_ms=NOW - 99_000),
    ):
        assert plan(seen(call, rooms=None, looked_ms={})) == []


def test_a_room_counts_as_missing_from_the_first_listing_that_misses_it() -> None:
    call = a_connected_call()
    first = missing_since({}, [call], {}, NOW)
    assert first == {CALL: NOW}
    assert missing_since(first, [call], {}, NOW + 3_000) == {CALL: NOW}
    assert missing_since(first, [call], {ROOM: ROOM_SID}, NOW + 3_000) == {}
    assert missing_since({}, [call], {}, T0) == {}, "it was asked before the room was there"


# --- limits and what is left ---------------------------------------------------------------------------------------


def test_a_call_that_is_too_long() -> None:
    for over_s, reason in ((4, None), (5, EndReason.MAX_DURATION)):
        call = a_connected_call(connected_at_ms=NOW - (3600 + over_s) * 1000)
        assert why_over(call, seen()) is reason


def test_what_an_ended_call_left_is_cleared_away() -> None:
    ended = a_connected_call(status=CallState.COMPLETED, ended_at_ms=NOW - 2_000)
    closes = [action for action in plan(seen(unclosed=[ended])) if isinstance(action, CloseRoom)]
    assert closes == [CloseRoom(ended)]
    just_now = replace(ended, ended_at_ms=NOW - 1_000)
    assert not [action for action in plan(seen(unclosed=[just_now])) if isinstance(action, CloseRoom)]
    assert not [action for action in plan(seen(unclosed=[ended], rooms=None)) if isinstance(action, CloseRoom)]
