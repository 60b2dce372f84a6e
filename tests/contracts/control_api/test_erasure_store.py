"""The store and its fake forget the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from control_api import call_events as e
from control_api.adapters.sql_store import open_store
from control_api.erasure import DoomedFile, Erasure
from control_api.idempotency import Reservation
from control_api.ports import CallStore, StaleCall
from control_api.recording_records import Recording, RecordingPart
from control_api.records import Call, Instructions, Member, StoredSegment
from shared.call_state import CallState, EndReason
from shared.ids import CallId, EgressId, Identity, RoomName
from shared.recording_state import RecordingState
from tests.fakes.call_store import MemoryStore
from tests.support.calls import CALL, CALLER, ROOM, T0, a_call, a_connected_call, a_stay

SOMEBODY = Identity("user-9")
ALIAS = Identity("erased-1")


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[CallStore]:
    opened = MemoryStore() if request.param == "memory" else await open_store(f"sqlite:///{tmp_path}/voice.db")
    yield opened
    await opened.aclose()


def a_call_of(number: int, **changes: object) -> Call:
    return a_call(id=CallId(f"call-{number}"), room_name=RoomName(f"room-{number}"), **changes)


async def put(store: CallStore, *calls: Call) -> None:
    for call in calls:
        await store.write(lambda tx, call=call: tx.insert_call(call, Instructions("Be kind.", "Hi")))  # type: ignore[misc]


async def test_every_call_that_somebody_had_to_do_with(store: CallStore) -> None:
    calls = [
        a_call_of(0),
        a_call_of(1, caller_id=SOMEBODY),
        a_call_of(2, callee_id=SOMEBODY),
        a_call_of(3, participant_ids=(Identity("a"), SOMEBODY)),
        a_call_of(4),
        a_call_of(5),
        a_call_of(6),
        a_call_of(7, participant_ids=(Identity("user-99"),)),
    ]
    await put(store, *calls)
    await store.write(lambda tx: tx.put_member(Member(calls[4].id, SOMEBODY, "Some Body", T0)))
    await store.write(lambda tx: tx.put_presence(replace(a_stay(), call_id=calls[5].id, identity=SOMEBODY)))
    await store.write(lambda tx: tx.put_segment(StoredSegment(calls[6].id, "s", SOMEBODY, "hi", 1, 2)))
    found = await store.read(lambda tx: tx.calls_of_person(SOMEBODY, 100))
    assert sorted(call.id for call in found) == [f"call-{number}" for number in range(1, 7)]
    assert len(await store.read(lambda tx: tx.calls_of_person(SOMEBODY, 2))) == 2


async def test_what_else_never_changes_is_rewritten(store: CallStore) -> None:
    await put(store, a_connected_call())
    changed = replace(a_connected_call(), caller_id=ALIAS, caller_name="X", room_name=RoomName("r"), participant_ids=())
    saved = await store.write(lambda tx: tx.rewrite_call(changed))
    assert await store.read(lambda tx: tx.call(CALL)) == saved == replace(changed, version=changed.version + 1)
    assert await store.read(lambda tx: tx.instructions(CALL)) == Instructions("Be kind.", "Hi")
    with pytest.raises(StaleCall):
        await store.write(lambda tx: tx.rewrite_call(changed))


async def test_members_words_and_answers_that_are_kept_go(store: CallStore) -> None:
    await put(store, a_call())
    for user in (CALLER, SOMEBODY):
        await store.write(lambda tx, user=user: tx.put_member(Member(CALL, user, "N", T0)))  # type: ignore[misc]
        segment = StoredSegment(CALL, f"s {user}", user, "hi", 1, 2)
        await store.write(lambda tx, segment=segment: tx.put_segment(segment))  # type: ignore[misc]
    await store.write(lambda tx: tx.put_reservation(Reservation("r", "f", T0, CALL, "{}")))
    await store.write(lambda tx: tx.delete_member(CALL, SOMEBODY))
    assert [member.user_id for member in await store.read(lambda tx: tx.members(CALL))] == [CALLER]
    assert await store.write(lambda tx: tx.delete_segments(CALL, SOMEBODY)) == 1
    assert [one.speaker for one in await store.read(lambda tx: tx.segments(CALL))] == [CALLER]
    assert await store.write(lambda tx: tx.delete_segments(CALL)) == 1
    await store.write(lambda tx: tx.delete_reservations_of(CALL))
    assert await store.read(lambda tx: tx.reservation("r")) is None


async def test_the_log_knows_them_by_another_name(store: CallStore) -> None:
    await put(store, a_call())
    joined = e.ParticipantJoinedEvent(identity=SOMEBODY, party="other")
    other = e.SegmentEvent(segment_id=SOMEBODY, speaker="user-99")
    for data in (joined, other, e.RingingEvent()):
        await store.write(lambda tx, data=data: tx.add_event(CALL, T0, data))  # type: ignore[misc]
    await store.write(lambda tx: tx.anonymise_events(CALL, SOMEBODY, ALIAS))
    told = [event.data for event in await store.read(lambda tx: tx.events(CALL, 10))]
    renamed = e.SegmentEvent(segment_id=ALIAS, speaker="user-99")
    assert told == [e.ParticipantJoinedEvent(identity=ALIAS, party="other"), renamed, e.RingingEvent()]


def a_recording(number: int, **changes: object) -> Recording:
    path = f"{CALL}/{number}.mp4"
    new = Recording(EgressId(f"EG_{number}"), CALL, ROOM, "mp4", path, T0, state=RecordingState.READY, ended_ms=T0)
    return replace(new, **changes)  # type: ignore[arg-type]


async def test_recordings_that_are_old_enough(store: CallStore) -> None:
    await put(store, a_call())
    for recording in (
        a_recording(1, ended_ms=T0 + 5),
        a_recording(2, ended_ms=T0 + 3),
        a_recording(3, ended_ms=T0 + 10),
        a_recording(4, ended_ms=T0, state=RecordingState.UPLOADING),
    ):
        await store.write(lambda tx, recording=recording: tx.insert_recording(recording))  # type: ignore[misc]
    old = await store.read(lambda tx: tx.recordings_ended_before(T0 + 10, 10))
    assert [recording.egress_id for recording in old] == ["EG_2", "EG_1"], "oldest first"
    assert len(await store.read(lambda tx: tx.recordings_ended_before(T0 + 10, 1))) == 1
    await store.write(lambda tx: tx.put_part(RecordingPart(EgressId("EG_2"), 1)))
    await store.write(lambda tx: tx.delete_recording(EgressId("EG_2")))
    assert await store.read(lambda tx: (tx.recording(EgressId("EG_2")), tx.parts(EgressId("EG_2")))) == (None, [])


async def test_words_that_are_old_enough(store: CallStore) -> None:
    over = {"status": CallState.COMPLETED, "end_reason": EndReason.CALLER_HUNG_UP, "ended_at_ms": T0 + 5}
    await put(
        store,
        a_call_of(1, **over),
        a_call_of(2, **over | {"ended_at_ms": T0 + 50}),
        a_call_of(3, **over),
        a_call_of(4, transcript_override="Ann: hi", **over),
        a_call_of(5),
    )
    for number in (1, 2, 5):
        segment = StoredSegment(CallId(f"call-{number}"), "s", "agent", "hi", 1, 2)
        await store.write(lambda tx, segment=segment: tx.put_segment(segment))  # type: ignore[misc]
    old = await store.read(lambda tx: tx.calls_with_old_words(T0 + 10, 10))
    assert sorted(call.id for call in old) == ["call-1", "call-4"]


async def test_doomed_files_and_receipts(store: CallStore) -> None:
    first, second = DoomedFile("a/1", T0, "era"), DoomedFile("a/2", T0 + 1)
    for file in (second, first, replace(first, since_ms=T0 + 9)):
        await store.write(lambda tx, file=file: tx.doom_file(file))  # type: ignore[misc]
    assert await store.read(lambda tx: tx.doomed_files(10)) == [first, second]
    assert await store.read(lambda tx: (tx.files_left("era"), tx.files_left("x"))) == (1, 0)
    await store.write(lambda tx: tx.spare_file("a/1"))
    assert await store.read(lambda tx: tx.doomed_files(10)) == [second]
    receipt = Erasure("era", "0f", CALLER, T0)
    await store.write(lambda tx: tx.put_erasure(receipt))
    await store.write(lambda tx: tx.put_erasure(replace(receipt, calls=2, completed_ms=T0 + 3)))
    assert await store.read(lambda tx: tx.erasure("era")) == replace(receipt, calls=2, completed_ms=T0 + 3)
    assert await store.read(lambda tx: tx.erasure("x")) is None
