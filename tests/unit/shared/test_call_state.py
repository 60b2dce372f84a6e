import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.call_state import (
    ALL_EVENTS,
    FAULTS,
    FINAL_STATES,
    OPEN_STATES,
    TRANSITIONS,
    CallEvent,
    CallState,
    Ended,
    EndReason,
    PartiesPresent,
    RoomOpened,
    next_state,
)


def test_the_table_is_total_and_holds_nothing_else() -> None:
    assert set(TRANSITIONS) == set(itertools.product(CallState, ALL_EVENTS))


@pytest.mark.parametrize("state", sorted(FINAL_STATES))
@pytest.mark.parametrize("event", ALL_EVENTS, ids=str)
def test_a_final_state_absorbs_everything(state: CallState, event: CallEvent) -> None:
    assert next_state(state, event) is state


@pytest.mark.parametrize("reason", EndReason)
@pytest.mark.parametrize("state", sorted(OPEN_STATES))
def test_every_reason_ends_every_open_call_in_the_state_that_tells_people_the_truth(
    state: CallState, reason: EndReason
) -> None:
    after = next_state(state, Ended(reason))
    if reason in FAULTS:
        assert after is CallState.FAILED
    elif state is CallState.CONNECTED:
        assert after is CallState.COMPLETED
    else:
        assert after is CallState.MISSED


def test_the_ordinary_life_of_a_call() -> None:
    state = CallState.PENDING
    seen = [state]
    for event in (RoomOpened(), PartiesPresent(), Ended(EndReason.CALLER_HUNG_UP)):
        state = next_state(state, event)
        seen.append(state)
    assert seen == [CallState.PENDING, CallState.RINGING, CallState.CONNECTED, CallState.COMPLETED]


def test_a_late_room_opened_does_not_take_a_connected_call_back_to_ringing() -> None:
    assert next_state(CallState.CONNECTED, RoomOpened()) is CallState.CONNECTED


@given(st.lists(st.sampled_from(ALL_EVENTS), max_size=12))
def test_a_call_only_moves_forward_whatever_the_order(events: list[CallEvent]) -> None:
    rank = {CallState.PENDING: 0, CallState.RINGING: 1, CallState.CONNECTED: 2}
    state = CallState.PENDING
    for event in events:
        after = next_state(state, event)
        assert rank.get(after, 3) >= rank.get(state, 3)
        state = after
    assert (state in FINAL_STATES) == any(isinstance(event, Ended) for event in events)
