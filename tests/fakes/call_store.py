"""The store in memory. A transaction works on a copy that takes the original's place when it succeeds."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from control_api.call_events import AnyEvent, CallEvent, encoded
from control_api.erasure import DoomedFile, Erasure
from control_api.erasure_ports import ErasureTx
from control_api.history_ports import CallFilter
from control_api.idempotency import Reservation
from control_api.ports import CallStore, CallTx, RoomTaken, StaleCall
from control_api.recording_ports import PathTaken, RecordingInProgress, RecordingTx
from control_api.recording_records import Recording, RecordingPage, RecordingPart
from control_api.records import (
    Call,
    CallPage,
    InboxEvent,
    Instructions,
    Member,
    Presence,
    Room,
    StoredSegment,
    StoredTurn,
    StoredUsage,
)
from shared.agent_state import AgentState
from shared.ids import CallId, EgressId, Identity, MediaRoom, RoomName, RoomSid
from shared.recording_state import RecordingState
from tests.fakes.history import MemoryHistoryTx, was_said

T = TypeVar("T")


@dataclass
class _State:
    calls: dict[CallId, Call] = field(default_factory=dict)
    instructions: dict[CallId, Instructions] = field(default_factory=dict)
    presence: dict[tuple[CallId, str], Presence] = field(default_factory=dict)
    rooms: dict[RoomSid, Room] = field(default_factory=dict)
    reports: set[tuple[CallId, int, int]] = field(default_factory=set)
    segments: dict[tuple[CallId, str], StoredSegment] = field(default_factory=dict)
    turns: dict[tuple[CallId, int, int], StoredTurn] = field(default_factory=dict)
    usage: dict[tuple[CallId, int, int], StoredUsage] = field(default_factory=dict)
    members: dict[tuple[CallId, Identity], Member] = field(default_factory=dict)
    recordings: dict[EgressId, Recording] = field(default_factory=dict)
    parts: dict[tuple[EgressId, int], RecordingPart] = field(default_factory=dict)
    doomed: dict[str, DoomedFile] = field(default_factory=dict)
    erasures: dict[str, Erasure] = field(default_factory=dict)
    inbox: dict[str, InboxEvent] = field(default_factory=dict)
    applied: dict[str, int] = field(default_factory=dict)
    reservations: dict[str, Reservation] = field(default_factory=dict)
    events: list[CallEvent] = field(default_factory=list)
    event_ids: list[int] = field(default_factory=list)


class MemoryRecordingTx(RecordingTx):
    state: _State

    def insert_recording(self, recording: Recording) -> None:
        if any(other.path == recording.path for other in self.state.recordings.values()):
            raise PathTaken(recording.path)
        if any(other.is_in_progress for other in self.recordings(recording.call_id)):
            raise RecordingInProgress
        self.state.recordings[recording.egress_id] = recording

    def save_recording(self, recording: Recording) -> Recording:
        if self.state.recordings[recording.egress_id].version != recording.version:
            raise StaleCall(recording.egress_id)
        stored = replace(recording, version=recording.version + 1)
        self.state.recordings[recording.egress_id] = stored
        return stored

    def recording(self, egress_id: EgressId) -> Recording | None:
        return self.state.recordings.get(egress_id)

    def recordings(self, call_id: CallId) -> list[Recording]:
        return [recording for recording in self._newest_first() if recording.call_id == call_id]

    def recording_of_file(self, path: str) -> Recording | None:
        return next((one for one in self.state.recordings.values() if one.path == path), None)

    def recording_by_external_id(self, external_id: str) -> Recording | None:
        return next((one for one in self.state.recordings.values() if one.external_id == external_id), None)

    def calls_with_recordings(self, call_ids: Sequence[CallId]) -> set[CallId]:
        return {recording.call_id for recording in self.state.recordings.values()} & set(call_ids)

    def recordings_in_progress(self, *, limit: int, offset: int) -> RecordingPage:
        found = [recording for recording in self._newest_first() if recording.is_in_progress]
        return RecordingPage(tuple(found[offset : offset + limit]), len(found))

    def unfinished_recordings(self) -> list[Recording]:
        found = [recording for recording in self.state.recordings.values() if not recording.is_final]
        return sorted(found, key=lambda one: one.created_ms)

    def recordings_in_parts(self, since_ms: int, limit: int) -> list[Recording]:
        found = [
            recording
            for recording in self.state.recordings.values()
            if recording.state is RecordingState.PARTIAL
            and (recording.ended_ms or 0) >= since_ms
            and sum(part.is_stored for part in self.parts(recording.egress_id)) > 1
        ]
        return sorted(found, key=lambda one: (-(one.ended_ms or 0), one.egress_id))[:limit]

    def put_part(self, part: RecordingPart) -> None:
        self.state.parts[part.egress_id, part.part] = part

    def parts(self, egress_id: EgressId) -> list[RecordingPart]:
        found = [part for part in self.state.parts.values() if part.egress_id == egress_id]
        return sorted(found, key=lambda part: part.part)

    def _newest_first(self) -> list[Recording]:
        recordings = self.state.recordings.values()
        return sorted(recordings, key=lambda one: (one.created_ms, one.egress_id), reverse=True)


class MemoryEventTx:
    state: _State

    def add_event(self, call_id: CallId, at_ms: int, data: AnyEvent) -> None:
        encoded(data)
        self.state.event_ids.append(len(self.state.event_ids) + 1)  # one that was given is not given again
        self.state.events.append(CallEvent(self.state.event_ids[-1], call_id, at_ms, data))

    def events(self, call_id: CallId, limit: int) -> list[CallEvent]:
        return [event for event in self.state.events if event.call_id == call_id][-limit:]

    def events_after(self, after_id: int, limit: int) -> list[CallEvent]:
        return [event for event in self.state.events if event.id > after_id][:limit]

    def last_event_id(self) -> int:
        return self.state.events[-1].id if self.state.events else 0


class MemoryErasureTx(ErasureTx):
    state: _State

    def calls_of_person(self, user_id: Identity, limit: int) -> list[Call]:
        members = {call_id for call_id, member in self.state.members if member == user_id}
        were_there = {stay.call_id for stay in self.state.presence.values() if stay.identity == user_id}
        spoke = {segment.call_id for segment in self.state.segments.values() if segment.speaker == user_id}
        found = [
            call
            for call in self.state.calls.values()
            if user_id in (call.caller_id, call.callee_id, *(call.participant_ids or ()))
            or call.id in members | were_there | spoke
        ]
        return found[:limit]

    def rewrite_call(self, call: Call) -> Call:
        if self.state.calls[call.id].version != call.version:
            raise StaleCall(call.id)
        self.state.calls[call.id] = replace(call, version=call.version + 1)
        return self.state.calls[call.id]

    def delete_member(self, call_id: CallId, user_id: Identity) -> None:
        self.state.members.pop((call_id, user_id), None)

    def delete_segments(self, call_id: CallId, speaker: str | None = None) -> int:
        gone = [
            key
            for key, segment in self.state.segments.items()
            if key[0] == call_id and speaker in (None, segment.speaker)
        ]
        for key in gone:
            del self.state.segments[key]
        return len(gone)

    def anonymise_events(self, call_id: CallId, user_id: Identity, alias: Identity) -> None:
        self.state.events = [
            replace(event, data=_renamed(event.data, user_id, alias)) if event.call_id == call_id else event
            for event in self.state.events
        ]

    def delete_reservations_of(self, call_id: CallId) -> None:
        kept = {key: one for key, one in self.state.reservations.items() if one.call_id != call_id}
        self.state.reservations = kept

    def delete_recording(self, egress_id: EgressId) -> None:
        self.state.recordings.pop(egress_id, None)
        self.state.parts = {key: part for key, part in self.state.parts.items() if key[0] != egress_id}

    def recordings_ended_before(self, before_ms: int, limit: int) -> list[Recording]:
        found = [
            one for one in self.state.recordings.values() if one.is_final and (one.ended_ms or before_ms) < before_ms
        ]
        return sorted(found, key=lambda one: one.ended_ms or 0)[:limit]

    def calls_with_old_words(self, before_ms: int, limit: int) -> list[Call]:
        spoken = {segment.call_id for segment in self.state.segments.values()}
        found = [
            call
            for call in self.state.calls.values()
            if call.is_final
            and (call.ended_at_ms or before_ms) < before_ms
            and (call.id in spoken or call.transcript_override is not None)
        ]
        return sorted(found, key=lambda call: call.created_at_ms)[:limit]

    def doom_file(self, file: DoomedFile) -> None:
        self.state.doomed.setdefault(file.path, file)

    def doomed_files(self, limit: int) -> list[DoomedFile]:
        return sorted(self.state.doomed.values(), key=lambda file: (file.since_ms, file.path))[:limit]

    def files_left(self, erasure_id: str) -> int:
        return sum(file.erasure_id == erasure_id for file in self.state.doomed.values())

    def spare_file(self, path: str) -> None:
        self.state.doomed.pop(path, None)

    def put_erasure(self, erasure: Erasure) -> None:
        self.state.erasures[erasure.id] = erasure

    def erasure(self, erasure_id: str) -> Erasure | None:
        return self.state.erasures.get(erasure_id)


def _renamed(data: AnyEvent, user_id: Identity, alias: Identity) -> AnyEvent:
    changes = {name: alias for name in type(data).model_fields if getattr(data, name) == user_id}
    return data.model_copy(update=changes) if changes else data


class MemoryTx(MemoryRecordingTx, MemoryEventTx, MemoryErasureTx, MemoryHistoryTx, CallTx):
    def __init__(self, state: _State) -> None:
        self.state = state

    def insert_call(self, call: Call, instructions: Instructions) -> None:
        if self.open_call_in(call.room_name) is not None:
            raise RoomTaken
        self.state.calls[call.id] = call
        self.state.instructions[call.id] = instructions

    def save_call(self, call: Call) -> Call:
        stored = self.state.calls.get(call.id)
        if stored is None or stored.version != call.version:
            raise StaleCall(call.id)
        self.state.calls[call.id] = replace(call, version=call.version + 1)
        return self.state.calls[call.id]

    def delete_call(self, call_id: CallId) -> None:
        self.state.calls.pop(call_id, None)
        self.state.events = [event for event in self.state.events if event.call_id != call_id]
        tables: tuple[dict[Any, Any], ...] = (
            self.state.presence,
            self.state.segments,
            self.state.turns,
            self.state.usage,
        )
        for table in tables:
            for key in [key for key in table if key[0] == call_id]:
                del table[key]

    def call(self, call_id: CallId) -> Call | None:
        return self.state.calls.get(call_id)

    def calls(self, call_ids: Sequence[CallId]) -> list[Call]:
        return [self.state.calls[call_id] for call_id in call_ids if call_id in self.state.calls]

    def open_call_in(self, room_name: RoomName) -> Call | None:
        return next((call for call in self.open_calls() if call.room_name == room_name), None)

    def newest_call_in(self, room_name: RoomName, user_id: Identity | None) -> Call | None:
        page = self.page(CallFilter(room_name=room_name), limit=len(self.state.calls), offset=0)
        return next((call for call in page.calls if user_id is None or self._may_see(user_id, call)), None)

    def call_in(self, media_room: MediaRoom) -> Call | None:
        found = [call for call in self.state.calls.values() if call.media_room == media_room]
        return max(found, key=lambda call: (call.created_at_ms, call.id), default=None)

    def _may_see(self, user_id: Identity, call: Call) -> bool:
        return user_id in (call.caller_id, call.callee_id) or (call.id, user_id) in self.state.members

    def open_calls(self) -> list[Call]:
        calls = [call for call in self.state.calls.values() if not call.is_final]
        return sorted(calls, key=lambda call: call.created_at_ms)

    def unclosed_calls(self) -> list[Call]:
        return [call for call in self.state.calls.values() if call.is_final and not call.room_closed]

    def count_open(self, caller_id: Identity) -> int:
        return sum(call.caller_id == caller_id for call in self.open_calls())

    def is_busy(self, user_id: Identity) -> bool:
        return any(self._is_in(user_id, call) for call in self.open_calls())

    def _is_in(self, user_id: Identity, call: Call) -> bool:
        if call.caller_id == user_id and call.caller_away_ms is None:
            return True
        if call.callee_id == user_id and call.answered_at_ms is not None and call.callee_away_ms is None:
            return True
        is_member = (call.id, user_id) in self.state.members
        return is_member and any(
            stay.identity == user_id and stay.left_at_ms is None for stay in self.presence(call.id)
        )

    def count_unclaimed(self) -> int:
        return sum(call.agent_state is AgentState.PENDING for call in self.open_calls())

    def page(self, calls: CallFilter, *, limit: int, offset: int) -> CallPage:
        found = [call for call in self.state.calls.values() if self._is_wanted(call, calls)]
        found.sort(key=lambda call: (call.created_at_ms, call.id), reverse=True)
        return CallPage(tuple(found[offset : offset + limit]), len(found))

    def _is_wanted(self, call: Call, calls: CallFilter) -> bool:
        return (
            (calls.user_id is None or calls.user_id in (call.caller_id, call.callee_id))
            and (calls.status is None or call.status is calls.status)
            and (calls.room_name is None or call.room_name == calls.room_name)
            and (calls.from_ms is None or call.created_at_ms >= calls.from_ms)
            and (calls.to_ms is None or call.created_at_ms < calls.to_ms)
            and (not calls.with_agent or (call.has_agent and not call.is_final))
            and all(was_said(term, self._texts(call)) for term in calls.terms)
        )

    def _texts(self, call: Call) -> list[str]:
        return [segment.text for segment in self.segments(call.id)] + [call.transcript_override or ""]

    def instructions(self, call_id: CallId) -> Instructions:
        return self.state.instructions[call_id]

    def save_instructions(self, call_id: CallId, instructions: Instructions) -> None:
        self.state.instructions[call_id] = instructions

    def put_member(self, member: Member) -> None:
        self.state.members.setdefault((member.call_id, member.user_id), member)

    def members(self, call_id: CallId) -> list[Member]:
        found = [member for member in self.state.members.values() if member.call_id == call_id]
        return sorted(found, key=lambda member: member.since_ms)

    def presence(self, call_id: CallId) -> list[Presence]:
        return [stay for stay in self.state.presence.values() if stay.call_id == call_id]

    def put_presence(self, presence: Presence) -> None:
        self.state.presence[presence.call_id, presence.participant_sid] = presence

    def rooms(self, call_id: CallId) -> list[Room]:
        return [room for room in self.state.rooms.values() if room.call_id == call_id]

    def room(self, room_sid: RoomSid) -> Room | None:
        return self.state.rooms.get(room_sid)

    def put_room(self, room: Room) -> None:
        self.state.rooms[room.room_sid] = room

    def add_report(self, call_id: CallId, epoch: int, seq: int) -> bool:
        is_new = (call_id, epoch, seq) not in self.state.reports
        self.state.reports.add((call_id, epoch, seq))
        return is_new

    def put_segment(self, segment: StoredSegment) -> None:
        self.state.segments[segment.call_id, segment.segment_id] = segment

    def drop_segment(self, call_id: CallId, segment_id: str) -> None:
        self.state.segments.pop((call_id, segment_id), None)

    def segments(self, call_id: CallId) -> list[StoredSegment]:
        found = [segment for segment in self.state.segments.values() if segment.call_id == call_id]
        return sorted(found, key=lambda segment: (segment.start_ms, segment.end_ms, segment.segment_id))

    def segment(self, call_id: CallId, segment_id: str) -> StoredSegment | None:
        return self.state.segments.get((call_id, segment_id))

    def calls_with_segments(self, call_ids: Sequence[CallId]) -> set[CallId]:
        return {segment.call_id for segment in self.state.segments.values()} & set(call_ids)

    def put_turn(self, turn: StoredTurn) -> None:
        self.state.turns[turn.call_id, turn.epoch, turn.turn] = turn

    def put_usage(self, usage: StoredUsage) -> None:
        self.state.usage[usage.call_id, usage.epoch, usage.seq] = usage

    def add_inbox(self, event: InboxEvent) -> bool:
        is_new = event.event_id not in self.state.inbox
        self.state.inbox.setdefault(event.event_id, event)
        return is_new

    def unapplied(self, limit: int) -> list[InboxEvent]:
        waiting = [event for event in self.state.inbox.values() if event.event_id not in self.state.applied]
        return sorted(waiting, key=lambda event: event.received_ms)[:limit]

    def mark_applied(self, event_id: str, at_ms: int) -> None:
        if event_id in self.state.inbox:
            self.state.applied[event_id] = at_ms

    def reservation(self, reservation_id: str) -> Reservation | None:
        return self.state.reservations.get(reservation_id)

    def put_reservation(self, reservation: Reservation) -> None:
        self.state.reservations[reservation.id] = reservation

    def prune_reservations(self, before_ms: int) -> int:
        old = [one.id for one in self.state.reservations.values() if one.created_ms < before_ms]
        for reservation_id in old:
            del self.state.reservations[reservation_id]
        return len(old)

    def prune_inbox(self, before_ms: int) -> int:
        old = [
            event_id
            for event_id, event in self.state.inbox.items()
            if event_id in self.state.applied and event.received_ms < before_ms
        ]
        for event_id in old:
            del self.state.inbox[event_id], self.state.applied[event_id]
        return len(old)


class MemoryStore(CallStore):
    """`fail_next`: raised instead of the next write."""

    def __init__(self) -> None:
        self.state = _State()
        self.fail_next: Exception | None = None
        self.writes = 0

    async def write(self, use_case: Callable[[CallTx], T]) -> T:
        if self.fail_next is not None:
            error, self.fail_next = self.fail_next, None
            raise error
        draft = copy.copy(self.state)
        for name, table in vars(self.state).items():
            setattr(draft, name, copy.copy(table))
        result = use_case(MemoryTx(draft))
        self.state = draft
        self.writes += 1
        return result

    async def read(self, use_case: Callable[[CallTx], T]) -> T:
        return use_case(MemoryTx(self.state))

    async def survey(self, use_case: Callable[[CallTx], T]) -> T:
        return use_case(MemoryTx(self.state))

    async def aclose(self) -> None:
        return None
