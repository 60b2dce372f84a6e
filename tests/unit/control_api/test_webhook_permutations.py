"""Any order, any repetition, any loss of duplicates: the same row. On the bodies of the real server."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from control_api.ports import CallTx
from control_api.records import Call, Instructions, Presence, Room
from control_api.services.webhook_inbox import apply_event, inbox_event
from shared.call_state import CallState, EndReason
from tests.fakes.call_store import MemoryStore, MemoryTx
from tests.support.calls import AGENT, CALLER, a_claimed_call

DATA = Path(__file__).resolve().parents[2] / "data" / "webhooks"
SEQUENCES = {path.stem: json.loads(path.read_text()) for path in sorted(DATA.glob("*.json"))}


def the_call(bodies: list[dict[str, Any]]) -> Call:
    """As the API has it when the sequence begins: open, and claimed by a worker."""
    room = bodies[0]["room"]
    made_ms = int(room["creationTimeMs"])
    return a_claimed_call(
        room_name=room["name"],
        caller_id=CALLER,
        agent_identity=AGENT,
        created_at_ms=made_ms - 10,
        opened_at_ms=made_ms + 10,
        agent_claimed_ms=made_ms + 50,
    )


Row = tuple[Call, list[Presence], list[Room]]


def row_after(bodies: list[dict[str, Any]], call: Call) -> Row:
    """All of them late, as after an outage, so that only what they say of the time counts."""
    tx = MemoryTx(MemoryStore().state)
    tx.insert_call(call, Instructions())
    late_ms = call.created_at_ms + 60_000
    for number, body in enumerate(bodies):
        event = inbox_event(body, json.dumps(body).encode(), late_ms + number)
        if tx.add_inbox(event):
            apply_event(tx, event, late_ms)
    return _row(tx, call)


def _row(tx: CallTx, call: Call) -> Row:
    stored = tx.call(call.id)
    assert stored is not None
    by_sid = sorted(tx.presence(call.id), key=lambda stay: stay.participant_sid)
    return replace(stored, version=0), by_sid, tx.rooms(call.id)


@pytest.mark.parametrize("name", SEQUENCES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_permutation_with_repetitions_ends_in_the_same_row(name: str, data: st.DataObject) -> None:
    bodies = SEQUENCES[name]
    call = the_call(bodies)
    shuffled = data.draw(st.permutations(bodies))
    repeated = data.draw(st.lists(st.sampled_from(bodies), max_size=5))
    assert row_after([*shuffled, *repeated], call) == row_after(bodies, call)


def test_the_captured_call_is_completed_with_its_true_times() -> None:
    bodies = SEQUENCES["support_call"]
    call, stays, rooms = row_after(bodies, the_call(bodies))
    assert (call.status, call.end_reason) == (CallState.COMPLETED, EndReason.CALLER_HUNG_UP)
    assert call.connected_at_ms == max(stay.joined_at_ms or 0 for stay in stays)
    assert call.ended_at_ms is not None
    assert 2 <= (call.ended_at_ms - (call.connected_at_ms or 0)) // 1000 <= 4
    assert [room.finished_ms is not None for room in rooms] == [True]
    assert {stay.identity for stay in stays} == {CALLER, AGENT}


def test_a_second_join_of_the_caller_does_not_end_the_call_but_their_leaving_does() -> None:
    bodies = SEQUENCES["caller_rejoins"]
    call = the_call(bodies)
    duplicate = next(
        index
        for index, body in enumerate(bodies)
        if body.get("participant", {}).get("disconnectReason") == "DUPLICATE_IDENTITY"
    )
    before, _, _ = row_after(bodies[: duplicate + 1], call)
    assert before.status is CallState.CONNECTED
    after, stays, _ = row_after(bodies, call)
    assert after.end_reason is EndReason.CALLER_HUNG_UP
    assert len(stays) == 3


def test_a_room_that_was_deleted_under_the_people_leaves_the_verdict_to_the_upkeep() -> None:
    bodies = SEQUENCES["room_deleted"]
    call, _, _ = row_after(bodies, the_call(bodies))
    assert call.status is CallState.CONNECTED
    assert call.room_finished_ms is not None
    assert call.caller_away_ms is not None


def test_nothing_secret_or_personal_of_a_body_is_kept() -> None:
    for bodies in SEQUENCES.values():
        for body in bodies:
            kept = json.dumps(dict(inbox_event(body, b"", 0).payload))
            assert "turnPassword" not in kept
            assert "Ann" not in kept
    assert any("turnPassword" in json.dumps(body) for body in SEQUENCES["support_call"]), "the capture has it"
