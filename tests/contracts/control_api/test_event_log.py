"""The log of events: the store and its fake promise the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import pytest

from control_api import call_events as e
from control_api.adapters.sql_store import open_store
from control_api.call_events import KINDS, AnyEvent, decoded
from control_api.ports import CallStore, CallTx
from control_api.records import Instructions
from shared.call_report import GoneWhy, HappenedKind
from shared.call_state import CallState, EndReason
from shared.ids import CallId, RoomName
from shared.recording_state import RecordingState
from tests.fakes.call_store import MemoryStore
from tests.support.calls import CALL, T0, a_call

OTHER = CallId("01890000-0000-7000-8000-000000000002")

EVERY_KIND: tuple[AnyEvent, ...] = (
    e.CreatedEvent(ai_enabled=True, recording_enabled=False, transcription_enabled=True),
    e.RingingEvent(),
    e.AnsweredEvent(),
    e.ConnectedEvent(after_ms=700),
    e.EndedEvent(status=CallState.FAILED, reason=EndReason.PROVIDER_DOWN, detail="closed_1011"),
    e.ParticipantJoinedEvent(identity="user-é", party="caller"),
    e.ParticipantLeftEvent(identity="user-1", party="caller", why="lost"),
    e.RoomLostEvent(),
    e.DispatchedEvent(epoch=1, attempt=2),
    e.ClaimedEvent(epoch=1, worker_id="worker-1"),
    e.AgentJoinedEvent(epoch=1, after_ms=None),
    e.AgentLeftEvent(epoch=1, why=GoneWhy.DRAINED),
    e.AgentLostEvent(epoch=1, detail="silent"),
    e.AgentGoneEvent(epoch=1),
    e.FailoverEvent(from_epoch=1, epoch=2),
    e.TurnEvent(epoch=2, turn=3, response_ms=None, interrupted=True, played_ms=40),
    e.SegmentEvent(segment_id="s1", speaker="agent"),
    e.UsageEvent(epoch=2, input_tokens=1, output_tokens=2, cached_tokens=3, audio_tokens=4),
    e.HappenedEvent(epoch=2, what=HappenedKind.MODEL_AWAY, detail="closed_1011"),
    e.RecordingMovedEvent(egress_id="EG_1", state=RecordingState.READY),
    e.RecordingConsentEvent(egress_id="EG_1", identity="user-1", basis="told"),
)


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[CallStore]:
    opened = MemoryStore() if request.param == "memory" else await open_store(f"sqlite:///{tmp_path}/voice.db")
    await opened.write(lambda tx: tx.insert_call(a_call(), Instructions()))
    other = a_call(id=OTHER, room_name=RoomName("other"))
    await opened.write(lambda tx: tx.insert_call(other, Instructions()))
    yield opened
    await opened.aclose()


async def add(store: CallStore, *events: AnyEvent, call_id: CallId = CALL) -> None:
    def use_case(tx: CallTx) -> None:
        for number, data in enumerate(events):
            tx.add_event(call_id, T0 + number, data)

    await store.write(use_case)


async def test_every_kind_of_event_comes_back_as_it_was_added(store: CallStore) -> None:
    assert {data.kind for data in EVERY_KIND} == set(KINDS), "a kind that this test does not know"
    assert len(KINDS) == len(get_args(AnyEvent)), "two kinds of the same name"
    assert await store.read(lambda tx: tx.last_event_id()) == 0
    await add(store, *EVERY_KIND)
    stored = await store.read(lambda tx: tx.events(CALL, 100))
    assert [(event.call_id, event.at_ms, event.data) for event in stored] == [
        (CALL, T0 + number, data) for number, data in enumerate(EVERY_KIND)
    ]
    ids = [event.id for event in stored]
    assert ids == sorted(set(ids))
    assert await store.read(lambda tx: tx.last_event_id()) == ids[-1]


async def test_the_log_is_read_by_call_and_from_an_event_on(store: CallStore) -> None:
    await add(store, e.RingingEvent(), e.AnsweredEvent())
    await add(store, e.RingingEvent(), call_id=OTHER)
    await add(store, e.ConnectedEvent(after_ms=1))
    everything = await store.read(lambda tx: tx.events_after(0, 100))
    assert [event.call_id for event in everything] == [CALL, CALL, OTHER, CALL]
    assert await store.read(lambda tx: tx.events_after(everything[1].id, 1)) == everything[2:3]
    assert await store.read(lambda tx: tx.events_after(everything[3].id, 100)) == []
    assert await store.read(lambda tx: tx.events(CALL, 2)) == [everything[1], everything[3]]
    assert await store.read(lambda tx: tx.events(OTHER, 100)) == everything[2:3]


async def test_an_event_is_stored_with_its_change_or_not_at_all(store: CallStore) -> None:
    def use_case(tx: CallTx) -> None:
        tx.add_event(CALL, T0, e.RingingEvent())
        raise KeyError

    with pytest.raises(KeyError):
        await store.write(use_case)
    assert await store.read(lambda tx: tx.events(CALL, 9)) == []


async def test_an_id_is_not_given_twice_even_when_the_newest_call_is_deleted(store: CallStore) -> None:
    await add(store, e.RingingEvent())
    await add(store, e.RingingEvent(), e.AnsweredEvent(), call_id=OTHER)
    last = await store.read(lambda tx: tx.last_event_id())
    await store.write(lambda tx: tx.delete_call(OTHER))
    assert await store.read(lambda tx: tx.events(OTHER, 9)) == []
    await add(store, e.AnsweredEvent())
    assert [event.id for event in await store.read(lambda tx: tx.events_after(last, 9))] == [last + 1]


async def test_an_event_that_is_too_large_is_no_event(store: CallStore) -> None:
    with pytest.raises(ValueError, match="larger than"):
        await add(store, e.AgentLostEvent(epoch=1, detail="x" * 5_000))
    assert await store.read(lambda tx: tx.events(CALL, 9)) == []


def test_an_event_of_an_older_or_newer_version_is_read() -> None:
    assert decoded("agent_lost", '{"epoch": 1}') == e.AgentLostEvent(epoch=1)
    assert decoded("agent_gone", '{"epoch": 1, "mood": "sad"}') == e.AgentGoneEvent(epoch=1)


def test_every_kind_says_what_it_is() -> None:
    assert all(cls.__doc__ for cls in KINDS.values())
