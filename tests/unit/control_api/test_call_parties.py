"""Whom a call needs, type by type, from bare facts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_api.agent_epochs import active_s, with_new_agent, without_agent
from control_api.call_facts import end, settle
from control_api.call_parties import RULES
from control_api.records import Call, CallType, LeftWhy, Presence
from shared.agent_state import AgentState
from shared.call_state import CallState, EndReason
from shared.ids import Identity
from tests.support.calls import AGENT, CALL, CALLER, ROOM_SID, T0, a_call, a_connected_call, a_room, a_stay

BOB = "user-2"


def test_every_type_has_its_rules() -> None:
    assert set(RULES) == set(CallType)


def a_pair(**changes: Any) -> Call:
    plain = {"agent_state": None, "agent_identity": None, "agent_epoch": 0, "ai_enabled": False}
    return a_call(call_type=CallType.USER_TO_USER, callee_id=Identity(BOB), **(plain | changes))


def test_two_people_who_missed_each_other_were_never_connected() -> None:
    ann = a_stay(left_at_ms=T0 + 600, left_why=LeftWhy.LOST)
    call = settle(a_pair(), [ann, a_stay("PA_2", BOB, joined_at_ms=T0 + 700)], [a_room()])
    assert (call.status, call.caller_away_ms, call.callee_joined_ms) == (CallState.RINGING, T0 + 600, T0 + 700)


def test_of_two_who_hang_up_the_first_is_the_reason() -> None:
    stays = [
        a_stay(left_at_ms=T0 + 9_000, left_why=LeftWhy.ON_PURPOSE),
        a_stay("PA_2", BOB, left_at_ms=T0 + 8_000, left_why=LeftWhy.ON_PURPOSE),
    ]
    call = settle(a_pair(), stays, [a_room()])
    assert (call.status, call.end_reason, call.ended_at_ms) == (
        CallState.COMPLETED,
        EndReason.CALLEE_HUNG_UP,
        T0 + 8_000,
    )


def test_once_the_agent_is_removed_two_people_are_enough() -> None:
    stays = [a_stay(), a_stay("PA_2", BOB, joined_at_ms=T0 + 500)]
    with_agent = a_call()
    assert settle(with_agent, stays, [a_room()]).status is CallState.RINGING
    removed = without_agent(with_agent, T0 + 3_000, is_removed=True)
    call = settle(removed, stays, [a_room()])
    assert (call.status, call.connected_at_ms) == (CallState.CONNECTED, T0 + 3_000)


def test_an_agent_of_an_earlier_epoch_counts_for_when_it_was_there() -> None:
    call = settle(a_connected_call(), [a_stay(), a_stay("PA_2", AGENT, joined_at_ms=T0 + 500)], [a_room()])
    removed = without_agent(call, T0 + 5_000, is_removed=True)
    again = with_new_agent(removed, T0 + 9_000)
    stays = [
        a_stay(),
        a_stay("PA_2", AGENT, joined_at_ms=T0 + 500, left_at_ms=T0 + 5_000, left_why=LeftWhy.LOST),
    ]
    settled = settle(again, stays, [a_room()])
    assert (settled.connected_at_ms, settled.agent_joined_ms) == (T0 + 500, None)
    assert (settled.agent_state, settled.agent_epoch, settled.former_agents) == (
        AgentState.PENDING,
        2,
        ((T0 + 500, T0 + 5_000),),
    )


def test_asking_twice_brings_one_agent_and_removing_twice_removes_it_once() -> None:
    call = a_connected_call()
    assert with_new_agent(call, T0 + 9_000) == call
    removed = without_agent(call, T0 + 9_000, is_removed=True)
    assert without_agent(removed, T0 + 20_000, is_removed=True) == removed
    assert active_s(removed, T0 + 99_000) == 8
    assert active_s(call, T0 + 3_500) == 3


@pytest.mark.parametrize(
    ("reason", "status"),
    [
        (EndReason.CALLER_HUNG_UP, CallState.MISSED),
        (EndReason.NO_SHOW, CallState.MISSED),
        (EndReason.ENDED_BY_API, CallState.MISSED),
        (EndReason.NO_AGENT, CallState.FAILED),
        (EndReason.MEDIA_SERVER_LOST, CallState.FAILED),
    ],
)
def test_what_ends_before_it_was_connected(reason: EndReason, status: CallState) -> None:
    ended = end(a_call(), reason, T0 + 9_000)
    assert (ended.status, ended.connected_at_ms) == (status, None)


moments = st.integers(T0, T0 + 40)
stays_of_many = st.lists(
    st.builds(
        lambda identity, joined, left: (identity, joined, left),
        st.sampled_from([CALLER, BOB, "user-3", AGENT]),
        moments,
        st.none() | st.tuples(st.integers(0, 20), st.sampled_from(LeftWhy)),
    ),
    max_size=6,
)


@given(
    st.sampled_from(CallType),
    st.booleans(),
    stays_of_many.flatmap(lambda stays: st.tuples(st.just(stays), st.permutations(stays))),
)
def test_the_order_in_which_facts_are_heard_does_not_matter(call_type: CallType, ai: bool, both: Any) -> None:
    call = a_call(call_type=call_type, callee_id=Identity(BOB), ai_enabled=ai)
    one, other = ([_stay(*fact) for fact in facts] for facts in both)
    settled = settle(call, one, [a_room()])
    assert settled == settle(call, other, [a_room()])
    assert settle(settled, one, [a_room()]) == settled, "settled is settled"
    if settled.connected_at_ms is not None and settled.ended_at_ms is not None:
        assert settled.connected_at_ms <= settled.ended_at_ms


def _stay(identity: str, joined: int, left: tuple[int, LeftWhy] | None) -> Presence:
    sid = f"PA_{identity}_{joined}_{left}"
    left_at, why = (None, None) if left is None else (joined + left[0], left[1])
    return Presence(sid, CALL, ROOM_SID, Identity(identity), joined, left_at, why)
