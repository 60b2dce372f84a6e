"""The store and its fake promise the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import fields, replace
from pathlib import Path

import pytest

from control_api.adapters.sql_store import open_store
from control_api.history_ports import CallFilter
from control_api.idempotency import Reservation
from control_api.ports import CallStore, CallTx, RoomTaken, StaleCall
from control_api.recording_ports import PathTaken, RecordingInProgress
from control_api.recording_records import RecorderJob, Recording, RecordingPart
from control_api.records import (
    Call,
    InboxEvent,
    Instructions,
    LeftWhy,
    Member,
    StoredSegment,
    StoredTurn,
    StoredUsage,
)
from shared.agent_state import AgentState
from shared.call_report import RecordingCause, Usage
from shared.call_state import CallState, EndReason
from shared.ids import CallId, EgressId, Identity, MediaRoom, RoomName, RoomSid, WorkerId
from shared.recording_state import RecordingState
from tests.fakes.call_store import MemoryStore
from tests.support.calls import CALL, CALLER, MEDIA_ROOM, ROOM, T0, a_call, a_connected_call, a_room, a_stay

WORDS = Instructions("Be kind. \U0001f600", "Hello!")


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[CallStore]:
    opened = MemoryStore() if request.param == "memory" else await open_store(f"sqlite:///{tmp_path}/voice.db")
    yield opened
    await opened.aclose()


async def put(store: CallStore, *calls: Call) -> None:
    for call in calls:
        await store.write(lambda tx, call=call: tx.insert_call(call, WORDS))  # type: ignore[misc]


async def test_every_field_of_a_call_comes_back(store: CallStore) -> None:
    call = a_connected_call(
        callee_id=Identity("user-2"),
        recording_enabled=True,
        voice="nova",
        model="gpt-realtime",
        metadata={"a": [1, {"b": "é"}]},
        transcript_override="Ann: hi",
        room_closed=True,
        status=CallState.FAILED,
        ended_at_ms=T0 + 9,
        end_reason=EndReason.AGENT_LOST,
        end_decided=True,
        end_detail="x",
        caller_away_ms=T0 + 8,
        caller_seen_ms=T0 + 7,
        room_finished_ms=T0 + 6,
        agent_state=AgentState.DISCONNECTED,
        participant_ids=(Identity("a"), Identity("é")),
        transcription_enabled=True,
        recording_url_override="https://example.org/a.mp4",
        recording_begun_ms=T0 + 1,
        answered_at_ms=T0 + 2,
        asked_ms=T0 + 2,
        callee_joined_ms=T0 + 3,
        callee_away_ms=T0 + 4,
        people_joined_ms=T0 + 5,
        deserted_ms=T0 + 6,
        deserted_on_purpose=True,
        agent_gone_ms=T0 + 7,
        agent_removed_ms=T0 + 8,
        former_agents=((T0, T0 + 1), (T0 + 2, T0 + 3)),
        recorder=RecorderJob(3, T0, T0 + 1, WorkerId("w"), "job", T0 + 2, T0 + 3),
        recovered_ms=(T0 + 2, T0 + 4),
        spoken_ms=T0 + 5,
        room_lost_ms=T0 + 9,
    )
    unset = [field.name for field in fields(call) if getattr(call, field.name) is None]
    assert unset == [], "a field that this test does not know"
    await put(store, call)
    assert await store.read(lambda tx: tx.call(CALL)) == call
    assert await store.read(lambda tx: tx.instructions(CALL)) == WORDS
    bare = a_call(id=CallId("bare"), room_name=RoomName("r2"), agent_state=None, agent_identity=None, model=None)
    await put(store, bare)
    assert await store.read(lambda tx: tx.call(bare.id)) == bare


async def test_one_open_call_per_room_name(store: CallStore) -> None:
    await put(store, a_call())
    with pytest.raises(RoomTaken):
        await put(store, a_call(id=CallId("second")))
    assert await store.read(lambda tx: tx.call(CallId("second"))) is None
    await store.write(lambda tx: tx.save_call(a_call(status=CallState.MISSED)))
    second = a_call(id=CallId("second"), created_at_ms=T0 + 1)
    await put(store, second)
    newest = await store.read(lambda tx: tx.newest_call_in(ROOM, None))
    open_call = await store.read(lambda tx: tx.open_call_in(ROOM))
    assert (newest and newest.id, open_call and open_call.id) == ("second", "second")
    first_in, second_in, none_in = [
        await store.read(lambda tx, room=room: tx.call_in(room))  # type: ignore[misc]
        for room in (MEDIA_ROOM, second.media_room, MediaRoom(ROOM))
    ]
    assert (first_in and first_in.id, second_in and second_in.id, none_in) == (CALL, "second", None)


async def test_saving_is_compare_and_set(store: CallStore) -> None:
    await put(store, a_call())
    saved = await store.write(lambda tx: tx.save_call(a_call(agent_dispatches=2)))
    assert saved == a_call(agent_dispatches=2, version=2)
    assert await store.read(lambda tx: tx.call(CALL)) == saved
    with pytest.raises(StaleCall):
        await store.write(lambda tx: tx.save_call(a_call(agent_dispatches=9)))
    with pytest.raises(StaleCall):
        await store.write(lambda tx: tx.save_call(a_call(id=CallId("nobody"))))


async def test_a_use_case_that_fails_leaves_nothing(store: CallStore) -> None:
    def use_case(tx: CallTx) -> None:
        tx.insert_call(a_call(), WORDS)
        tx.put_room(a_room())
        tx.put_presence(a_stay())
        raise RuntimeError("asked to fail")

    with pytest.raises(RuntimeError):
        await store.write(use_case)
    assert await store.read(lambda tx: (tx.call(CALL), tx.room(RoomSid("RM_1")), tx.presence(CALL))) == (None, None, [])


async def test_a_deleted_call_takes_what_belongs_to_it(store: CallStore) -> None:
    await put(store, a_call())
    await store.write(lambda tx: tx.put_presence(a_stay()))
    await store.write(lambda tx: tx.delete_call(CALL))
    assert await store.read(lambda tx: (tx.call(CALL), tx.presence(CALL))) == (None, [])


async def test_open_and_unclosed_calls(store: CallStore) -> None:
    ended = {"status": CallState.COMPLETED, "ended_at_ms": T0 + 5}
    await put(
        store,
        a_call(id=CallId("b"), room_name=RoomName("r2"), created_at_ms=T0 + 1),
        a_call(id=CallId("a"), room_name=RoomName("r1")),
        a_call(id=CallId("c"), room_name=RoomName("r3"), **ended),
        a_call(id=CallId("d"), room_name=RoomName("r4"), **ended, room_closed=True),
        a_connected_call(id=CallId("e"), room_name=RoomName("r5"), created_at_ms=T0 + 2, caller_id=Identity("user-9")),
    )
    found = await store.read(
        lambda tx: (
            [call.id for call in tx.open_calls()],
            [call.id for call in tx.unclosed_calls()],
            tx.count_open(CALLER),
            tx.count_unclaimed(),
            {call.id for call in tx.calls([CallId("a"), CallId("d"), CallId("x")])},
            tx.calls([]),
        )
    )
    assert found == (["a", "b", "e"], ["c"], 2, 2, {"a", "d"}, [])


async def test_pages(store: CallStore) -> None:
    other = Identity("user-2")
    for number in range(5):
        status = CallState.RINGING if number % 2 else CallState.COMPLETED
        caller, callee = (CALLER, None) if number < 4 else (Identity("user-3"), other)
        await put(
            store,
            a_call(
                id=CallId(f"c{number}"),
                room_name=RoomName(f"r{number}"),
                created_at_ms=T0 + number,
                status=status,
                caller_id=caller,
                callee_id=callee,
            ),
        )

    async def ids(
        user: Identity | None, status: CallState | None = None, limit: int = 10, offset: int = 0
    ) -> tuple[list[str], int]:
        page = await store.read(lambda tx: tx.page(CallFilter(user_id=user, status=status), limit=limit, offset=offset))
        return [call.id for call in page.calls], page.total

    assert await ids(CALLER) == (["c3", "c2", "c1", "c0"], 4)
    assert await ids(CALLER, limit=2, offset=1) == (["c2", "c1"], 4)
    assert await ids(CALLER, CallState.RINGING) == (["c3", "c1"], 2)
    assert await ids(other) == (["c4"], 1)
    assert await ids(None) == (["c4", "c3", "c2", "c1", "c0"], 5)
    newest = await store.read(lambda tx: tx.newest_call_in(RoomName("r4"), CALLER))
    assert newest is None, "not a call of this user"


async def test_stays_and_rooms_are_replaced_by_key(store: CallStore) -> None:
    await put(store, a_call())
    left = a_stay(left_at_ms=T0 + 5, left_why=LeftWhy.ON_PURPOSE)
    for stay in (a_stay(), a_stay("PA_2", "user-2", joined_at_ms=None), left):
        await store.write(lambda tx, stay=stay: tx.put_presence(stay))  # type: ignore[misc]
    stays = await store.read(lambda tx: tx.presence(CALL))
    assert sorted(stays, key=lambda stay: stay.participant_sid) == [left, a_stay("PA_2", "user-2", joined_at_ms=None)]
    for room in (a_room(), a_room(finished_ms=T0 + 9), a_room(room_sid=RoomSid("RM_2"))):
        await store.write(lambda tx, room=room: tx.put_room(room))  # type: ignore[misc]
    assert await store.read(lambda tx: tx.room(RoomSid("RM_1"))) == a_room(finished_ms=T0 + 9)
    assert len(await store.read(lambda tx: tx.rooms(CALL))) == 2


async def test_reports_count_once(store: CallStore) -> None:
    await put(store, a_call())
    added = []
    for epoch, seq in ((1, 1), (1, 1), (1, 2), (2, 1)):
        added.append(await store.write(lambda tx, epoch=epoch, seq=seq: tx.add_report(CALL, epoch, seq)))  # type: ignore[misc]
    assert added == [True, False, True, True]


async def test_segments_are_in_the_order_in_which_they_were_spoken(store: CallStore) -> None:
    await put(store, a_call())
    for segment_id, start_ms in (("s2", 20), ("s1", 10), ("s3", 20)):
        segment = StoredSegment(CALL, segment_id, "agent", f"text {segment_id}", T0 + start_ms, T0 + 30)
        await store.write(lambda tx, segment=segment: tx.put_segment(segment))  # type: ignore[misc]
    changed = StoredSegment(CALL, "s1", "agent", "changed", T0 + 10, T0 + 12)
    await store.write(lambda tx: tx.put_segment(changed))
    segments = await store.read(lambda tx: tx.segments(CALL))
    assert [(segment.segment_id, segment.text) for segment in segments] == [
        ("s1", "changed"),
        ("s2", "text s2"),
        ("s3", "text s3"),
    ]
    assert await store.read(lambda tx: tx.calls_with_segments([CALL, CallId("x")])) == {CALL}
    assert await store.read(lambda tx: tx.calls_with_segments([])) == set()
    for _ in range(2):
        await store.write(lambda tx: tx.drop_segment(CALL, "s2"))
    assert [segment.segment_id for segment in await store.read(lambda tx: tx.segments(CALL))] == ["s1", "s3"]


async def test_turns_and_usage_are_taken(store: CallStore) -> None:
    await put(store, a_call())
    for _ in range(2):
        await store.write(lambda tx: tx.put_turn(StoredTurn(CALL, 1, 1, None, True, 400)))
        await store.write(lambda tx: tx.put_usage(StoredUsage(CALL, 1, 4, Usage(1, 2, 3, 4))))


async def test_the_inbox_keeps_each_event_once_and_in_order(store: CallStore) -> None:
    events = [InboxEvent(f"EV_{number}", T0 + number, {"event": "room_started", "n": number}) for number in range(4)]
    for event in (events[2], events[0], events[1], events[3]):
        assert await store.write(lambda tx, event=event: tx.add_inbox(event))  # type: ignore[misc]
    again = replace(events[0], payload={"event": "other"})
    assert not await store.write(lambda tx: tx.add_inbox(again))
    assert await store.read(lambda tx: tx.unapplied(3)) == events[:3]
    for event in events[:3]:
        await store.write(lambda tx, event=event: tx.mark_applied(event.event_id, T0 + 9))  # type: ignore[misc]
    assert await store.read(lambda tx: tx.unapplied(10)) == [events[3]]
    assert not await store.write(lambda tx: tx.add_inbox(events[0])), "an applied event is still known"
    assert await store.write(lambda tx: tx.prune_inbox(T0 + 2)) == 2
    assert await store.write(lambda tx: tx.prune_inbox(T0 + 99)) == 1
    assert await store.read(lambda tx: tx.unapplied(10)) == [events[3]]


async def test_a_mark_of_an_event_that_is_not_there_changes_nothing(store: CallStore) -> None:
    await store.write(lambda tx: tx.mark_applied("nobody", T0))
    assert await store.write(lambda tx: tx.add_inbox(InboxEvent("nobody", T0, {})))


async def test_a_reservation_is_kept_replaced_and_pruned(store: CallStore) -> None:
    reserved = Reservation("a" * 64, "f" * 64, T0)
    done = replace(reserved, call_id=CALL, answer='{"body": {"é": 1}}')
    assert await store.read(lambda tx: tx.reservation(reserved.id)) is None
    for state in (reserved, done):
        await store.write(lambda tx, state=state: tx.put_reservation(state))  # type: ignore[misc]
        assert await store.read(lambda tx: tx.reservation(reserved.id)) == state
    later = Reservation("b" * 64, "f" * 64, T0 + 1)
    await store.write(lambda tx: tx.put_reservation(later))
    assert await store.write(lambda tx: tx.prune_reservations(T0 + 1)) == 1
    assert await store.read(lambda tx: tx.reservation(reserved.id)) is None
    assert await store.read(lambda tx: tx.reservation(later.id)) == later


async def test_writes_that_wait_together_stand_alone_and_keep_their_order(store: CallStore) -> None:
    await put(store, a_call())
    seen: list[int] = []

    def use_case(number: int) -> Callable[[CallTx], int]:
        def run(tx: CallTx) -> int:
            seen.append(number)
            tx.put_room(a_room(room_sid=RoomSid(f"RM_{number:03d}")))
            if number % 3 == 0:
                raise KeyError(number)
            return len(tx.rooms(CALL))

        return run

    answers = await asyncio.gather(*(store.write(use_case(number)) for number in range(60)), return_exceptions=True)
    assert seen == list(range(60))
    assert [number for number, answer in enumerate(answers) if isinstance(answer, KeyError)] == list(range(0, 60, 3))
    assert [answer for answer in answers if not isinstance(answer, KeyError)] == list(range(1, 41))
    stored = await store.read(lambda tx: tx.rooms(CALL))
    assert [room.room_sid for room in stored] == [f"RM_{number:03d}" for number in range(60) if number % 3]


BOB_ID = Identity("user-2")


async def test_a_member_sees_a_call_by_its_name_but_does_not_have_it_in_their_list(store: CallStore) -> None:
    await put(store, a_call())
    assert await store.read(lambda tx: tx.newest_call_in(ROOM, BOB_ID)) is None
    member = Member(CALL, BOB_ID, "Bob", T0)
    await store.write(lambda tx: tx.put_member(member))
    await store.write(lambda tx: tx.put_member(replace(member, since_ms=T0 + 9)))
    assert await store.read(lambda tx: tx.members(CALL)) == [member]
    assert await store.read(lambda tx: tx.newest_call_in(ROOM, BOB_ID)) == a_call()
    page = await store.read(lambda tx: tx.page(CallFilter(user_id=BOB_ID), limit=9, offset=0))
    assert page.total == 0


async def test_who_is_busy(store: CallStore) -> None:
    async def is_busy(call: Call, user_id: Identity) -> bool:
        stored = await store.read(lambda tx: tx.call(CALL))
        if stored is None:
            await put(store, call)
        else:
            await store.write(lambda tx: tx.save_call(replace(call, version=stored.version)))
        return await store.read(lambda tx: tx.is_busy(user_id))

    call = a_call(callee_id=BOB_ID)
    assert await is_busy(call, CALLER)
    assert not await is_busy(replace(call, caller_away_ms=T0), CALLER), "they left a call that others go on with"
    assert not await is_busy(call, BOB_ID), "it rings at theirs"
    assert await is_busy(replace(call, answered_at_ms=T0), BOB_ID)
    assert not await is_busy(replace(call, status=CallState.MISSED), CALLER)
    carl = Identity("carl")
    await store.write(lambda tx: tx.put_member(Member(CALL, carl, "Carl", T0)))
    assert not await is_busy(call, carl), "a token alone is no call"
    await store.write(lambda tx: tx.put_presence(a_stay("PA_7", carl)))
    assert await is_busy(call, carl)
    await store.write(lambda tx: tx.put_presence(a_stay("PA_7", carl, left_at_ms=T0 + 500)))
    assert not await is_busy(call, carl)


async def test_calls_with_an_agent(store: CallStore) -> None:
    gone = a_call(id=CallId("gone"), room_name=RoomName("r2"), agent_state=AgentState.DISCONNECTED)
    ended = a_call(id=CallId("ended"), room_name=RoomName("r3"), status=CallState.FAILED)
    await put(store, a_call(), gone, ended)
    page = await store.read(lambda tx: tx.page(CallFilter(with_agent=True), limit=9, offset=0))
    assert [call.id for call in page.calls] == [CALL]


async def test_instructions_are_replaced(store: CallStore) -> None:
    await put(store, a_call())
    await store.write(lambda tx: tx.save_instructions(CALL, Instructions("Be brief.", None)))
    assert await store.read(lambda tx: tx.instructions(CALL)) == Instructions("Be brief.", None)


def a_recording(egress_id: str = "EG_1", **changes: object) -> Recording:
    new = Recording(EgressId(egress_id), CALL, ROOM, "mp4", f"{CALL}/{egress_id}.mp4", T0)
    return replace(new, **changes)  # type: ignore[arg-type]


async def test_one_recording_at_a_time_and_no_path_twice(store: CallStore) -> None:
    await put(store, a_call())
    first = a_recording()
    await store.write(lambda tx: tx.insert_recording(first))
    with pytest.raises(RecordingInProgress):
        await store.write(lambda tx: tx.insert_recording(a_recording("EG_2")))
    ended = replace(
        first,
        state=RecordingState.UPLOADING,
        ended_ms=T0 + 9,
        stop_asked_ms=T0 + 8,
        first_epoch=3,
        external_id="EG_theirs",
        file_path="a/b.mp4",
        duration_ms=1,
        size_bytes=2,
    )
    saved = await store.write(lambda tx: tx.save_recording(ended))
    assert await store.read(lambda tx: tx.recording(first.egress_id)) == saved == replace(ended, version=2)
    with pytest.raises(StaleCall):
        await store.write(lambda tx: tx.save_recording(first))
    with pytest.raises(PathTaken):
        await store.write(lambda tx: tx.insert_recording(a_recording("EG_3", path=first.path)))
    second = a_recording("EG_4", created_ms=T0 + 5)
    await store.write(lambda tx: tx.insert_recording(second))
    assert await store.read(lambda tx: tx.recordings(CALL)) == [second, saved]
    page = await store.read(lambda tx: tx.recordings_in_progress(limit=1, offset=0))
    assert (page.recordings, page.total) == ((second,), 1)
    page = await store.read(lambda tx: tx.recordings_in_progress(limit=1, offset=1))
    assert (page.recordings, page.total) == ((), 1)
    assert await store.read(lambda tx: tx.calls_with_recordings([CALL, CallId("x")])) == {CALL}
    assert await store.read(lambda tx: tx.calls_with_recordings([])) == set()
    assert await store.read(lambda tx: tx.recording(EgressId("EG_9"))) is None


async def test_what_the_upkeep_of_recordings_looks_at(store: CallStore) -> None:
    await put(store, a_call())
    for number, state in enumerate(RecordingState):
        new = a_recording(f"EG_{number}", state=state, created_ms=T0 + number)
        saved = replace(new, state=RecordingState.FAILED)
        await store.write(lambda tx, saved=saved: tx.insert_recording(saved))  # type: ignore[misc]
    await store.write(lambda tx: tx.save_recording(a_recording("EG_3", state=RecordingState.UPLOADING)))
    await store.write(lambda tx: tx.save_recording(a_recording("EG_0", state=RecordingState.ACTIVE)))
    found = await store.read(lambda tx: tx.unfinished_recordings())
    assert [recording.egress_id for recording in found] == ["EG_0", "EG_3"], "oldest first"


async def test_parts_are_kept_in_the_order_of_their_jobs(store: CallStore) -> None:
    await put(store, a_call())
    await store.write(lambda tx: tx.insert_recording(a_recording()))
    second = RecordingPart(EgressId("EG_1"), 2, T0, RecordingCause.DISK_FULL, 5, "a/b", 6, "0f", "a/b.peaks", "x")
    first = RecordingPart(EgressId("EG_1"), 1)
    for part in (replace(second, failed=None), first):
        await store.write(lambda tx, part=part: tx.put_part(part))  # type: ignore[misc]
    await store.write(lambda tx: tx.put_part(second))
    assert await store.read(lambda tx: tx.parts(EgressId("EG_1"))) == [first, second]
    assert await store.read(lambda tx: tx.parts(EgressId("EG_2"))) == []


async def test_recordings_of_which_several_files_lie_in_the_store(store: CallStore) -> None:
    await put(store, a_call())

    def partial(name: str, ended_ms: int, files: int, state: RecordingState = RecordingState.PARTIAL) -> None:
        recording = a_recording(name, state=state, ended_ms=ended_ms)
        expected[name] = recording
        parts = [
            RecordingPart(recording.egress_id, number, T0, path=None if number > files else f"{name}.{number}")
            for number in (1, 2, 3)
        ]
        writes.append((recording, parts))

    expected: dict[str, Recording] = {}
    writes: list[tuple[Recording, list[RecordingPart]]] = []
    partial("EG_two", T0 + 5, 2)
    partial("EG_three", T0 + 9, 3)
    partial("EG_one", T0 + 9, 1)
    partial("EG_old", T0 - 1, 2)
    partial("EG_ready", T0 + 9, 2, RecordingState.READY)
    for recording, parts in writes:
        await store.write(lambda tx, recording=recording: tx.insert_recording(recording))  # type: ignore[misc]
        for part in parts:
            await store.write(lambda tx, part=part: tx.put_part(part))  # type: ignore[misc]
    found = await store.read(lambda tx: tx.recordings_in_parts(T0, 10))
    assert found == [expected["EG_three"], expected["EG_two"]]
    assert await store.read(lambda tx: tx.recordings_in_parts(T0, 1)) == [expected["EG_three"]]
