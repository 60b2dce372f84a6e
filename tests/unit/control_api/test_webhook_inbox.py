from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from control_api import webhook_events
from control_api.ports import CallTx
from control_api.records import Instructions
from control_api.services import webhook_inbox
from control_api.services.close_call import end_call
from control_api.services.take_reports import apply_reports
from control_api.services.webhook_inbox import apply_event, inbox_event
from shared.call_report import AgentJoined, CallEnded, Report, ReportEvent, Segment
from shared.call_state import CallState, EndReason
from shared.ids import CallId
from shared.room_signals import CALL_ENDED_TOPIC
from tests.fakes.call_store import MemoryStore, MemoryTx
from tests.support.calls import AGENT, CALL, CALLER, MEDIA_ROOM, T0, a_call, a_claimed_call
from tests.support.control_api_parts import Parts, parts


def a_body(
    event: str, *, sid: str = "RM_1", created_ms: int = T0 + 10, number: int = 1, **participant: Any
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "event": event,
        "id": f"EV_{event}_{sid}_{number}",
        "createdAt": str(T0 // 1000 + 5 * number),
        "room": {"sid": sid, "name": MEDIA_ROOM, "creationTimeMs": str(created_ms)},
    }
    if participant:
        body["participant"] = {"sid": "PA_1", "identity": CALLER, "joinedAtMs": str(T0 + 400)} | participant
    return body


async def put(p: Parts, *bodies: dict[str, Any]) -> None:
    for body in bodies:
        await p.services.inbox.put(inbox_event(body, json.dumps(body).encode(), T0 + 60_000))


async def with_call() -> Parts:
    p = parts()
    await p.store.write(lambda tx: tx.insert_call(a_call(), Instructions()))
    return p


async def run_until_waiting(p: Parts) -> None:
    running = asyncio.create_task(p.services.inbox.run())
    await p.clock.advance(5)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await p.closed()


async def test_what_a_crash_left_over_is_applied_at_the_start() -> None:
    p = await with_call()
    left = a_body("participant_left", number=4, disconnectReason="CLIENT_INITIATED")
    await put(p, a_body("participant_joined", sid="RM_1", number=2, state="ACTIVE"), left)
    assert p.store.state.applied == {}
    await run_until_waiting(p)
    assert len(p.store.state.applied) == 2
    call = await p.call(CALL)
    assert (call.status, call.end_reason) == (CallState.MISSED, EndReason.CALLER_HUNG_UP)
    assert call.room_closed


async def test_who_comes_into_the_room_of_a_call_that_is_over_is_told_and_let_go() -> None:
    """LiveKit makes a deleted room again for somebody whose joining had begun."""
    p = await with_call()
    await end_call(p.store, p.closer, CALL, EndReason.DECLINED, T0 + 1_100)
    await p.closed()
    assert (await p.call(CALL)).room_closed
    await p.gateway.create_room(MEDIA_ROOM, empty_timeout_s=60, departure_timeout_s=60)
    p.gateway.joins(MEDIA_ROOM, CALLER)
    again = p.gateway.rooms[MEDIA_ROOM]
    await put(p, a_body("participant_joined", sid="RM_2", created_ms=T0 + 1_200, number=3, state="ACTIVE"))
    await run_until_waiting(p)
    assert MEDIA_ROOM not in p.gateway.rooms
    assert [topic for topic, _ in again.data] == [CALL_ENDED_TOPIC]
    call = await p.call(CALL)
    assert (call.room_closed, call.end_reason) == (True, EndReason.DECLINED)


async def test_an_event_that_cannot_be_applied_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    p = await with_call()
    await put(p, a_body("room_started"), a_body("participant_joined", number=2, state="ACTIVE"))
    real = webhook_events.read

    def read(payload: Any, received_ms: int) -> Any:
        if payload["event"] == "room_started":
            raise RuntimeError("asked to fail")
        return real(payload, received_ms)

    monkeypatch.setattr(webhook_inbox, "read", read)
    await run_until_waiting(p)
    assert len(p.store.state.applied) == 2
    assert (await p.call(CALL)).caller_joined_ms == T0 + 400


@pytest.mark.parametrize(("recorded", "told"), [(True, 1), (False, 0)])
async def test_a_call_that_is_to_be_recorded_is_told_of_when_it_is_connected(*, recorded: bool, told: int) -> None:
    p = parts()
    heard: list[None] = []
    p.services.inbox.tell_connected(lambda: heard.append(None))
    call = a_claimed_call(recording_enabled=recorded, agent_joined_ms=T0 + 100)
    await p.store.write(lambda tx: tx.insert_call(call, Instructions()))
    await put(p, a_body("room_started"))
    await put(p, a_body("participant_joined", state="ACTIVE"), a_body("participant_joined", number=2, state="ACTIVE"))
    await run_until_waiting(p)
    assert (await p.call(CALL)).status is CallState.CONNECTED
    assert len(heard) == told


async def test_a_store_that_fails_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    p = await with_call()
    await put(p, a_body("participant_joined", state="ACTIVE"))
    p.store.fail_next = OSError("asked to fail")
    await run_until_waiting(p)
    assert len(p.store.state.applied) == 1


def apply(tx: CallTx, body: dict[str, Any]) -> None:
    event = inbox_event(body, b"", T0 + 600_000)
    if tx.add_inbox(event):
        apply_event(tx, event, T0 + 600_000)


def a_tx() -> MemoryTx:
    tx = MemoryTx(MemoryStore().state)
    tx.insert_call(a_claimed_call(), Instructions())
    return tx


def test_events_of_rooms_that_are_not_ours_are_ignored() -> None:
    tx = a_tx()
    body = a_body("participant_joined", state="ACTIVE")
    body["room"]["name"] = "somebody-elses"
    apply(tx, body)
    old = a_body("participant_joined", sid="RM_0", created_ms=T0 - 61_000, state="ACTIVE")
    apply(tx, old)
    assert (tx.presence(CALL), tx.rooms(CALL)) == ([], [])


def test_a_late_event_of_the_last_call_does_not_touch_the_next_one_of_that_name() -> None:
    tx = a_tx()
    apply(tx, a_body("participant_joined", state="ACTIVE"))
    apply(tx, a_body("participant_left", number=2, disconnectReason="CLIENT_INITIATED"))
    second = CallId("second")
    next_call = a_claimed_call(id=second, created_at_ms=T0 + 20_000)
    tx.insert_call(next_call, Instructions())
    apply(tx, a_body("room_finished", number=6))
    started = a_body("room_started", sid="RM_2", created_ms=T0 + 20_010, number=7)
    started["room"]["name"] = next_call.media_room
    apply(tx, started)
    stranger = a_body("participant_joined", sid="RM_3", created_ms=T0 + 21_000, number=8, state="ACTIVE")
    assert apply_event(tx, inbox_event(stranger, b"", T0), T0) is not None, "with a token of the first: let go"
    assert tx.presence(second) == []
    assert [room.room_sid for room in tx.rooms(second)] == ["RM_2"]
    (first_room,) = tx.rooms(CALL)
    assert first_room.finished_ms is not None


def test_a_room_that_a_crash_brought_back_belongs_to_the_same_call() -> None:
    tx = a_tx()
    apply(tx, a_body("participant_joined", state="ACTIVE"))
    apply(tx, a_body("room_started", sid="RM_2", created_ms=T0 + 30_000, number=7))
    call = tx.call(CALL)
    assert call is not None
    assert call.caller_away_ms == T0 + 30_000
    again = a_body("participant_joined", sid="RM_2", created_ms=T0 + 30_000, number=8, joinedAtMs=str(T0 + 33_000))
    again["participant"]["sid"] = "PA_9"
    apply(tx, again)
    call = tx.call(CALL)
    assert call is not None
    assert (call.caller_away_ms, call.is_final) == (None, False)


REPORTS: tuple[ReportEvent, ...] = (
    AgentJoined(),
    Segment("s1", CALLER, "hello", T0 + 3_000, T0 + 3_500),
    CallEnded(EndReason.CALLER_HUNG_UP),
)
WEBHOOKS = (
    a_body("room_started"),
    a_body("participant_joined", number=2, state="ACTIVE"),
    a_body("participant_joined", number=3)
    | {"participant": {"sid": "PA_2", "identity": AGENT, "joinedAtMs": str(T0 + 700)}},
    a_body("participant_left", number=4, disconnectReason="CLIENT_INITIATED"),
    a_body("room_finished", number=6),
)


@settings(max_examples=100, deadline=None)
@given(order=st.permutations(range(len(WEBHOOKS))), at=st.lists(st.integers(0, len(WEBHOOKS)), min_size=3, max_size=3))
def test_webhooks_in_any_order_among_the_workers_reports_tell_the_same_story(order: list[int], at: list[int]) -> None:
    tx = a_tx()
    reports = [
        Report(CALL, 1, seq, T0 + 1_000 * seq + 17_000 * (seq == 3), event) for seq, event in enumerate(REPORTS, 1)
    ]
    for position in range(len(WEBHOOKS) + 1):
        for due, report in zip(sorted(at), reports, strict=True):
            if due == position:
                apply_reports(tx, [report])
        if position < len(WEBHOOKS):
            apply(tx, WEBHOOKS[order[position]])
    call = tx.call(CALL)
    assert call is not None
    assert (call.status, call.end_reason) == (CallState.COMPLETED, EndReason.CALLER_HUNG_UP)
    assert len(tx.segments(CALL)) == 1
