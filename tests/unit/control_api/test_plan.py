from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from control_api.limits import Limits
from control_api.ports import LiveRoom
from control_api.records import Call, CallType
from control_api.services.workers import WorkerView
from control_api.upkeep.actions import (
    Action,
    CloseRoom,
    Dispatch,
    DropAgent,
    EndCall,
    LookInside,
    ReapRoom,
    ReplaceAgent,
    TellWorker,
)
from control_api.upkeep.media import missing_since, rooms_seen
from control_api.upkeep.plan import plan, why_over
from control_api.upkeep.view import RoomsSeen, Seen
from shared.agent_state import AgentState
from shared.call_state import CallState, EndReason
from shared.ids import CallId, MediaRoom
from shared.worker_link import CommandKind
from tests.support.calls import CALL, MEDIA_ROOM, ROOM, ROOM_SID, T0, WORKER, a_call, a_claimed_call, a_connected_call

NOW = T0 + 100_000
LISTED = RoomsSeen(NOW - 1000, {MEDIA_ROOM: ROOM_SID}, {})
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


DEAD = replace(ALIVE, connected=False, silent_s=1.0)


def what_is_done_about(call: Call, **changes: Any) -> list[str]:
    """About the agent."""
    wanted = ReplaceAgent | DropAgent | EndCall | Dispatch
    return kinds([action for action in plan(seen(call, **changes)) if isinstance(action, wanted)])


@pytest.mark.parametrize(
    ("worker", "is_lost"),
    [
        (ALIVE, False),
        (replace(ALIVE, silent_s=2.9), False),
        (replace(ALIVE, silent_s=3.0), True),
        (replace(ALIVE, connected=False, silent_s=0.9), False),
        (DEAD, True),
        (replace(ALIVE, calls={}, unnamed_s={CALL: 9.0}), False),
        (replace(ALIVE, calls={}, unnamed_s={CALL: 10.0}), True),
        (replace(ALIVE, calls={}, listening_s=9.0), False),
        (replace(ALIVE, calls={}, listening_s=10.0), True),
        (None, True),
    ],
)
@pytest.mark.parametrize("call_type", CallType)
def test_an_agent_is_judged_by_its_worker_and_replaced(
    worker: WorkerView | None, call_type: CallType, *, is_lost: bool
) -> None:
    workers = {} if worker is None else {WORKER: worker}
    call = a_connected_call(call_type=call_type, people_joined_ms=T0 + 400)
    assert what_is_done_about(call, workers=workers) == (["ReplaceAgent"] if is_lost else [])
    assert what_is_done_about(call, workers=workers, hears_workers=False) == [], "nobody is judged yet"
    if worker is not None:
        assert what_is_done_about(call, workers=workers, rooms=None) == [], "no other agent could come"


@pytest.mark.parametrize(("lost_s", "reason"), [(29.0, None), (30.0, EndReason.MEDIA_SERVER_LOST)])
def test_without_the_media_server_a_lost_agent_is_waited_for_half_a_minute(
    lost_s: float, reason: EndReason | None
) -> None:
    call = a_connected_call()
    for worker in (replace(DEAD, silent_s=lost_s), replace(ALIVE, calls={}, unnamed_s={CALL: lost_s})):
        assert why_over(call, seen(call, workers={WORKER: worker}, rooms=None, looked_ms={})) is reason
    started_ms = NOW - round(lost_s * 1000)
    unknown = seen(call, workers={}, rooms=None, looked_ms={}, started_ms=started_ms)
    assert why_over(call, unknown) is reason, "not back since this API has started"


def test_a_call_that_loses_one_agent_after_the_other_gives_up() -> None:
    lately = (NOW - 250_000, NOW - 100_000, NOW - 20_000)
    call = a_connected_call(recovered_ms=lately)
    assert why_over(call, seen(call, workers={WORKER: DEAD})) is EndReason.AGENT_LOST
    assert why_over(call, seen(call)) is None, "its agent is well"
    long_ago = replace(call, recovered_ms=(NOW - 300_000, *lately[1:]))
    assert what_is_done_about(long_ago, workers={WORKER: DEAD}) == ["ReplaceAgent"]
    of_people = replace(call, call_type=CallType.CONFERENCE, people_joined_ms=T0 + 400)
    assert what_is_done_about(of_people, workers={WORKER: DEAD}) == ["DropAgent"]


def replacing(for_s: float, since_last_dispatch_s: float, **changes: Any) -> Call:
    return replace(
        waiting(for_s, since_last_dispatch_s),
        status=CallState.CONNECTED,
        connected_at_ms=T0 + 500,
        caller_joined_ms=T0 + 400,
        agent_epoch=2,
        recovered_ms=(int(NOW - for_s * 1000),),
        **changes,
    )


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (replacing(0.9, 0.9), []),
        (replacing(1, 1), ["Dispatch"]),
        (replacing(14.9, 1), ["Dispatch"]),
        (replacing(15, 1), ["EndCall"]),
        (replacing(15, 1, call_type=CallType.CONFERENCE, people_joined_ms=T0), ["DropAgent"]),
    ],
)
def test_a_replacement_that_nobody_claims(call: Call, expected: list[str]) -> None:
    assert what_is_done_about(call) == expected


def test_a_call_whose_lost_agent_nobody_replaced_was_left_by_it() -> None:
    call = replacing(15, 1)
    assert why_over(call, seen(call)) is EndReason.AGENT_LOST
    assert why_over(call, seen(call, started_ms=NOW - 14_000)) is None, "while the API was down nobody could claim"


def test_an_agent_that_is_out_of_the_room_without_leave() -> None:
    call = a_connected_call(agent_gone_ms=NOW - 1_000)
    assert what_is_done_about(call) == ["ReplaceAgent"]
    for gone_s, reason in ((29, None), (30, EndReason.MEDIA_SERVER_LOST)):
        away = replace(call, agent_gone_ms=NOW - gone_s * 1000)
        assert why_over(away, seen(away, rooms=None, looked_ms={})) is reason


def test_a_worker_may_claim_before_it_is_known() -> None:
    call = a_claimed_call(agent_claimed_ms=NOW - 2_000, caller_joined_ms=T0)
    assert why_over(call, seen(workers={})) is None


def test_an_agent_that_claimed_and_never_joined() -> None:
    for claimed_s, expected in ((19, []), (20, ["ReplaceAgent"])):
        call = a_claimed_call(agent_claimed_ms=NOW - claimed_s * 1000, caller_joined_ms=T0)
        assert what_is_done_about(call) == expected
        assert what_is_done_about(call, rooms=None) == [], "LiveKit cannot say whether it is there"


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
    lost = a_connected_call(caller_away_ms=NOW - 30_000)
    assert why_over(lost, seen()) is EndReason.CALLER_LOST
    assert why_over(replace(lost, room_lost_ms=NOW - 30_001), seen()) is EndReason.CALLER_LOST, "they had been back"


def test_a_caller_who_went_down_with_the_room() -> None:
    for away_s, reason in ((14, None), (15, EndReason.MEDIA_SERVER_LOST)):
        since_ms = NOW - away_s * 1000
        assert why_over(a_connected_call(caller_away_ms=since_ms, room_lost_ms=since_ms), seen()) is reason


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
    for missing_s, expected in ((7, ["MakeRoomAgain"]), (8, ["EndCall"])):
        rooms = RoomsSeen(NOW, {}, {CALL: NOW - missing_s * 1000})
        assert kinds(plan(seen(call, rooms=rooms))) == expected
        assert why_over(call, seen(rooms=rooms)) in (None, EndReason.MEDIA_SERVER_LOST)
        closed = replace(call, room_finished_ms=NOW - 1_000)
        assert plan(seen(closed, rooms=rooms)) == [], "it was closed, not lost"
    assert why_over(call, seen(rooms=None)) is None


def test_a_room_that_was_said_to_be_finished() -> None:
    assert why_over(a_connected_call(room_finished_ms=NOW - 4_000), seen()) is None
    assert why_over(a_connected_call(room_finished_ms=NOW - 5_000), seen()) is EndReason.CALLER_LOST
    conference = a_connected_call(room_finished_ms=NOW - 5_000, call_type=CallType.CONFERENCE)
    assert why_over(conference, seen()) is EndReason.EVERYONE_LEFT


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
    assert missing_since(first, [call], {MEDIA_ROOM: ROOM_SID}, NOW + 3_000) == {}
    assert missing_since({}, [call], {}, T0) == {}, "it was asked before the room was there"


@pytest.mark.parametrize(("seen_s", "is_reaped"), [(9, False), (10, True)])
def test_a_room_without_a_call(seen_s: int, *, is_reaped: bool) -> None:
    stray = MediaRoom("support-user-1-1700000000-0123456789abcdef")
    rooms = RoomsSeen(NOW, {stray: ROOM_SID}, {}, {stray: NOW - seen_s * 1000})
    assert plan(seen(rooms=rooms, workers={})) == ([ReapRoom(stray)] if is_reaped else [])


def test_only_rooms_whose_names_we_make_can_be_strays() -> None:
    made = MediaRoom("support-user-1-1700000000-0123456789abcdef")
    listed = [LiveRoom(ROOM_SID, MediaRoom(name), T0) for name in (made, MEDIA_ROOM, ROOM, "support-desk")]
    first = rooms_seen(None, [], listed, NOW)
    assert first.stray_since_ms == {made: NOW, MEDIA_ROOM: NOW}
    assert rooms_seen(first, [], listed, NOW + 3_000).stray_since_ms == {made: NOW, MEDIA_ROOM: NOW}
    assert rooms_seen(first, [a_call(media_room=made)], listed, NOW + 3_000).stray_since_ms == {MEDIA_ROOM: NOW}


# --- limits and what is left ---------------------------------------------------------------------------------------


def test_a_call_that_is_too_long() -> None:
    for over_s, reason in ((4, None), (5, EndReason.MAX_DURATION)):
        call = a_connected_call(connected_at_ms=NOW - (3600 + over_s) * 1000)
        assert why_over(call, seen()) is reason


@pytest.mark.parametrize(
    ("spoken_s", "quiet_s", "silent_s", "reason"),
    [
        (124, None, 0, None),
        (125, None, 0, EndReason.IDLE_TIMEOUT),
        (125, 125, 0, EndReason.IDLE_TIMEOUT),
        (500, 3, 0, None),
        (10, 500, 0, None),
        (500, 124, 1, EndReason.IDLE_TIMEOUT),
    ],
)
def test_a_call_in_which_nobody_speaks(
    spoken_s: int, quiet_s: float | None, silent_s: float, reason: EndReason | None
) -> None:
    call = a_connected_call(spoken_ms=NOW - spoken_s * 1000, connected_at_ms=NOW - 900_000, agent_joined_ms=T0 - 10**6)
    worker = replace(ALIVE, silent_s=silent_s, quiet_s={} if quiet_s is None else {CALL: quiet_s})
    assert why_over(call, seen(call, workers={WORKER: worker})) is reason
    assert why_over(replace(call, caller_away_ms=NOW - 5_000), seen(workers={WORKER: worker})) is None, "it waits"
    just_up = seen(workers={WORKER: replace(worker, quiet_s={})}, started_ms=NOW - 60_000)
    assert why_over(call, just_up) is None, "what was said while the API was down is still to come"


def test_what_an_ended_call_left_is_cleared_away() -> None:
    ended = a_connected_call(status=CallState.COMPLETED, ended_at_ms=NOW - 2_000)
    closes = [action for action in plan(seen(unclosed=[ended])) if isinstance(action, CloseRoom)]
    assert closes == [CloseRoom(ended)]
    just_now = replace(ended, ended_at_ms=NOW - 1_000)
    assert not [action for action in plan(seen(unclosed=[just_now])) if isinstance(action, CloseRoom)]
    assert not [action for action in plan(seen(unclosed=[ended], rooms=None)) if isinstance(action, CloseRoom)]
