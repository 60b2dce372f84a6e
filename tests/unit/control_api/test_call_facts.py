from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from control_api.call_facts import end, merge_presence, merge_room, settle
from control_api.records import CallType, LeftWhy, Presence, Room
from shared.agent_state import AgentState
from shared.call_state import CallState, EndReason
from shared.ids import RoomSid
from tests.support.calls import (
    AGENT,
    CALL,
    CALLER,
    ROOM_SID,
    T0,
    a_call,
    a_claimed_call,
    a_connected_call,
    a_room,
    a_stay,
)

times = st.none() | st.integers(T0, T0 + 50)
stays = st.builds(
    lambda joined, left: Presence("PA_1", CALL, ROOM_SID, CALLER, joined, *left),
    times,
    st.just((None, None)) | st.tuples(st.integers(T0, T0 + 50), st.sampled_from(LeftWhy)),
)
room_facts = st.builds(
    lambda created, finished: Room(ROOM_SID, CALL, created, finished), st.integers(T0, T0 + 50), times
)


@given(stays, stays, stays)
def test_merged_stays_do_not_depend_on_order_or_repetition(a: Presence, b: Presence, c: Presence) -> None:
    assert merge_presence(a, b) == merge_presence(b, a)
    assert merge_presence(a, a) == a
    assert merge_presence(merge_presence(a, b), c) == merge_presence(a, merge_presence(b, c))


@given(room_facts, room_facts)
def test_merged_rooms_do_not_depend_on_order_or_repetition(a: Room, b: Room) -> None:
    assert merge_room(a, b) == merge_room(b, a)
    assert merge_room(a, a) == a


def test_a_support_call_is_connected_when_caller_and_agent_are_there_together() -> None:
    caller_only = settle(a_claimed_call(), [a_stay()], [a_room()])
    assert (caller_only.status, caller_only.caller_joined_ms) == (CallState.RINGING, T0 + 400)

    both = settle(a_claimed_call(), [a_stay(), a_stay("PA_2", AGENT, joined_at_ms=T0 + 700)], [a_room()])
    assert both.status is CallState.CONNECTED
    assert both.connected_at_ms == T0 + 700
    assert both.agent_state is AgentState.ACTIVE


def test_an_agent_that_left_before_the_caller_came_connects_nothing_again() -> None:
    call = settle(a_claimed_call(), [a_stay(left_at_ms=T0 + 450, left_why=LeftWhy.LOST)], [a_room()])
    both = settle(
        call, [a_stay(left_at_ms=T0 + 450, left_why=LeftWhy.LOST), a_stay("PA_2", AGENT, joined_at_ms=T0 + 700)], []
    )
    assert both.status is CallState.RINGING
    assert both.caller_away_ms == T0 + 450


def test_words_of_the_caller_prove_them_present_when_no_webhook_does() -> None:
    call = settle(a_claimed_call(agent_joined_ms=T0 + 500, caller_seen_ms=T0 + 900), [], [])
    assert (call.status, call.connected_at_ms) == (CallState.CONNECTED, T0 + 900)


def test_a_caller_who_leaves_on_purpose_ends_the_call() -> None:
    stay = a_stay(left_at_ms=T0 + 9_000, left_why=LeftWhy.ON_PURPOSE)
    call = settle(a_claimed_call(), [stay, a_stay("PA_2", AGENT, joined_at_ms=T0 + 500)], [a_room()])
    assert (call.status, call.end_reason) == (CallState.COMPLETED, EndReason.CALLER_HUNG_UP)
    assert (call.connected_at_ms, call.ended_at_ms) == (T0 + 500, T0 + 9_000)
    assert call.agent_state is AgentState.DISCONNECTED
    assert not call.end_decided


def test_a_caller_who_hangs_up_before_the_agent_came_was_not_answered() -> None:
    stay = a_stay(left_at_ms=T0 + 600, left_why=LeftWhy.ON_PURPOSE)
    call = settle(a_claimed_call(), [stay, a_stay("PA_2", AGENT, joined_at_ms=T0 + 700)], [a_room()])
    assert (call.status, call.connected_at_ms) == (CallState.MISSED, None)


@pytest.mark.parametrize("why", [LeftWhy.LOST, LeftWhy.UNSEEN])
def test_a_caller_who_is_lost_may_come_back(why: LeftWhy) -> None:
    stay = a_stay(left_at_ms=T0 + 9_000, left_why=why)
    agent = a_stay("PA_2", AGENT, joined_at_ms=T0 + 500)
    away = settle(a_claimed_call(), [stay, agent], [a_room()])
    assert (away.status, away.caller_away_ms) == (CallState.CONNECTED, T0 + 9_000)
    back = settle(away, [stay, agent, a_stay("PA_3", joined_at_ms=T0 + 12_000)], [a_room()])
    assert back.caller_away_ms is None
    assert back.connected_at_ms == T0 + 500


def test_a_room_that_came_back_with_another_sid_has_emptied_the_old_one() -> None:
    rooms = [a_room(), a_room(room_sid=RoomSid("RM_2"), created_ms=T0 + 20_000)]
    call = settle(a_connected_call(), [a_stay()], rooms)
    assert call.caller_away_ms == T0 + 20_000
    again = settle(call, [a_stay(), a_stay("PA_9", room_sid=RoomSid("RM_2"), joined_at_ms=T0 + 22_000)], rooms)
    assert again.caller_away_ms is None


def test_only_the_newest_room_can_be_finished() -> None:
    finished = a_room(finished_ms=T0 + 30_000)
    assert settle(a_call(), [], [finished]).room_finished_ms == T0 + 30_000
    newer = a_room(room_sid=RoomSid("RM_2"), created_ms=T0 + 20_000)
    assert settle(a_call(), [], [finished, newer]).room_finished_ms is None


def test_a_decided_end_stands_whatever_is_heard_later() -> None:
    ended = end(a_call(), EndReason.ENDED_BY_API, T0 + 1_000)
    assert (ended.status, ended.ended_at_ms, ended.agent_state) == (
        CallState.MISSED,
        T0 + 1_000,
        AgentState.DISCONNECTED,
    )
    later = settle(ended, [a_stay(), a_stay("PA_2", AGENT, joined_at_ms=T0 + 500)], [a_room()])
    assert (later.status, later.connected_at_ms, later.ended_at_ms) == (CallState.MISSED, None, T0 + 1_000)
    assert end(later, EndReason.NO_SHOW, T0 + 9_000) == later


def test_an_end_is_never_before_the_connection() -> None:
    assert end(a_connected_call(), EndReason.AGENT_HUNG_UP, T0).ended_at_ms == T0 + 500


def test_a_call_without_agent_is_connected_by_two_people() -> None:
    call = a_call(ai_enabled=False, agent_state=None, agent_identity=None, agent_epoch=0)
    assert settle(call, [a_stay()], [a_room()]).status is CallState.RINGING
    two = settle(call, [a_stay(), a_stay("PA_2", "user-2", joined_at_ms=T0 + 800)], [a_room()])
    assert (two.status, two.connected_at_ms, two.agent_state) == (CallState.CONNECTED, T0 + 800, None)


def test_the_first_one_out_does_not_end_a_conference() -> None:
    stay = a_stay(left_at_ms=T0 + 9_000, left_why=LeftWhy.ON_PURPOSE)
    call = settle(a_claimed_call(call_type=CallType.CONFERENCE), [stay], [a_room()])
    assert call.status is CallState.RINGING
