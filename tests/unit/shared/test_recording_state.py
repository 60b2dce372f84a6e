"""The table of a recording's life: total, and final means final."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.recording_state import (
    FINAL_STATES,
    IN_PROGRESS,
    TRANSITIONS,
    RecordingEvent,
    RecordingState,
    next_recording_state,
    public_status,
)


def test_every_pair_is_a_row() -> None:
    assert set(TRANSITIONS) == set(product(RecordingState, RecordingEvent))


@pytest.mark.parametrize("state", sorted(FINAL_STATES))
@pytest.mark.parametrize("event", list(RecordingEvent))
def test_final_is_final_but_for_a_file_that_was_lost_and_found(state: RecordingState, event: RecordingEvent) -> None:
    found = {RecordingEvent.STORED: RecordingState.READY, RecordingEvent.STORED_IN_PART: RecordingState.PARTIAL}
    expected = found.get(event, state) if state is RecordingState.FAILED else state
    assert next_recording_state(state, event) is expected


@given(st.lists(st.sampled_from(RecordingEvent)))
def test_it_never_goes_back(events: list[RecordingEvent]) -> None:
    order = list(RecordingState)
    order.insert(order.index(RecordingState.READY), order.pop())
    state = RecordingState.STARTING
    for event in events:
        after = next_recording_state(state, event)
        assert order.index(after) >= order.index(state)
        state = after


def test_what_clients_see() -> None:
    assert public_status(RecordingState.STARTING) == public_status(RecordingState.ACTIVE) == "active"
    assert FINAL_STATES.isdisjoint(IN_PROGRESS)
    assert RecordingState.UPLOADING not in IN_PROGRESS, "the next recording need not wait for the store"
