"""The statements of the store. Each is built once, so that SQLAlchemy finds its compiled form again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import IntegrityError

from control_api.adapters import sql_rows as rows
from control_api.adapters import sql_tables as t
from control_api.adapters.sql_erasure import SqlErasureTx
from control_api.adapters.sql_events import SqlEventTx
from control_api.adapters.sql_history import SqlHistoryTx, wanted
from control_api.adapters.sql_prepared import Prepared, driver_of
from control_api.adapters.sql_put import put_statement
from control_api.adapters.sql_recordings import SqlRecordingTx
from control_api.adapters.sql_reservations import SqlReservations
from control_api.history_ports import CallFilter
from control_api.ports import CallTx, RoomTaken, StaleCall
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
from shared.call_state import OPEN_STATES
from shared.ids import CallId, Identity, MediaRoom, RoomName, RoomSid

# Not `in_`: a list is expanded at each execution, and these statements are compiled once.
_OPEN = or_(*(t.calls.c.status == state for state in sorted(OPEN_STATES)))
_UNCLOSED = ~t.calls.c.room_closed
_CALLS = select(*rows.CALL_COLUMNS)
_NEWEST_FIRST = (t.calls.c.created_at_ms.desc(), t.calls.c.id.desc())
_MINE = or_(t.calls.c.caller_id == bindparam("user_id"), t.calls.c.callee_id == bindparam("user_id"))
_IS_MEMBER = exists().where(t.members.c.call_id == t.calls.c.id, t.members.c.user_id == bindparam("user_id"))

_INSERT_CALL = insert(t.calls)
_SAVE_CALL = (
    update(t.calls)
    .where(t.calls.c.id == bindparam("call_key"), t.calls.c.version == bindparam("read_version"))
    .values({name: bindparam(name) for name in rows.CHANGING})
)
_DELETE_CALL = delete(t.calls).where(t.calls.c.id == bindparam("call_id"))
_CALL = Prepared(_CALLS.where(t.calls.c.id == bindparam("call_id")))
_SOME_CALLS = _CALLS.where(t.calls.c.id.in_(bindparam("call_ids", expanding=True)))
_OPEN_CALL_IN = Prepared(_CALLS.where(t.calls.c.room_name == bindparam("room_name"), _OPEN))
_IN_ROOM = _CALLS.where(t.calls.c.room_name == bindparam("room_name")).order_by(*_NEWEST_FIRST).limit(1)
_NEWEST_IN = Prepared(_IN_ROOM)
_MY_NEWEST_IN = Prepared(_IN_ROOM.where(or_(_MINE, _IS_MEMBER)))
_IN_MEDIA_ROOM = Prepared(
    _CALLS.where(t.calls.c.media_room == bindparam("media_room")).order_by(*_NEWEST_FIRST).limit(1)
)
_OPEN_CALLS = Prepared(_CALLS.where(_UNCLOSED, _OPEN).order_by(t.calls.c.created_at_ms))
_UNCLOSED_CALLS = Prepared(_CALLS.where(_UNCLOSED, ~_OPEN))
_COUNT_OPEN = select(func.count()).where(t.calls.c.caller_id == bindparam("caller_id"), _OPEN)
_COUNT_UNCLAIMED = select(func.count()).where(_UNCLOSED, _OPEN, t.calls.c.agent_state == AgentState.PENDING.value)
_OWN_CALL = select(t.calls.c.id).where(
    _OPEN,
    or_(
        and_(t.calls.c.caller_id == bindparam("user_id"), t.calls.c.caller_away_ms.is_(None)),
        and_(
            t.calls.c.callee_id == bindparam("user_id"),
            t.calls.c.answered_at_ms.is_not(None),
            t.calls.c.callee_away_ms.is_(None),
        ),
    ),
)
_JOINED_CALL = (
    select(t.calls.c.id)
    .join(t.members, t.members.c.call_id == t.calls.c.id)
    .join(t.presence, and_(t.presence.c.call_id == t.calls.c.id, t.presence.c.identity == t.members.c.user_id))
    .where(t.members.c.user_id == bindparam("user_id"), t.presence.c.left_at_ms.is_(None), _OPEN)
)
_SAVE_INSTRUCTIONS = (
    update(t.calls)
    .where(t.calls.c.id == bindparam("call_key"))
    .values(system_prompt=bindparam("system_prompt"), greeting=bindparam("greeting"))
)
_ADD_MEMBER = upsert(t.members).on_conflict_do_nothing()
_MEMBERS = Prepared(select(t.members).where(t.members.c.call_id == bindparam("call_id")).order_by(t.members.c.since_ms))
_INSTRUCTIONS = select(t.calls.c.system_prompt, t.calls.c.greeting).where(t.calls.c.id == bindparam("call_id"))

_PRESENCE = Prepared(select(t.presence).where(t.presence.c.call_id == bindparam("call_id")))
_ROOMS = Prepared(select(t.rooms).where(t.rooms.c.call_id == bindparam("call_id")))
_ROOM = Prepared(select(t.rooms).where(t.rooms.c.room_sid == bindparam("room_sid")))
_SEGMENTS = Prepared(
    select(t.segments)
    .where(t.segments.c.call_id == bindparam("call_id"))
    .order_by(t.segments.c.start_ms, t.segments.c.end_ms, t.segments.c.segment_id)
)
_SEGMENT = Prepared(
    select(t.segments).where(
        t.segments.c.call_id == bindparam("call_id"), t.segments.c.segment_id == bindparam("segment_id")
    )
)
_WITH_SEGMENTS = (
    select(t.segments.c.call_id).where(t.segments.c.call_id.in_(bindparam("call_ids", expanding=True))).distinct()
)
_ADD_REPORT = upsert(t.reports).on_conflict_do_nothing()


_PUT_PRESENCE = put_statement(t.presence)
_PUT_ROOM = put_statement(t.rooms)
_PUT_SEGMENT = put_statement(t.segments)
_DROP_SEGMENT = delete(t.segments).where(
    t.segments.c.call_id == bindparam("key_call"), t.segments.c.segment_id == bindparam("key_segment")
)
_PUT_TURN = put_statement(t.turns)
_PUT_USAGE = put_statement(t.usage)

_ADD_INBOX = upsert(t.webhook_inbox).on_conflict_do_nothing()
_UNAPPLIED = Prepared(
    select(t.webhook_inbox)
    .where(t.webhook_inbox.c.applied_ms.is_(None))
    .order_by(t.webhook_inbox.c.received_ms)
    .limit(bindparam("max_rows"))
)
_MARK_APPLIED = (
    update(t.webhook_inbox)
    .where(t.webhook_inbox.c.event_id == bindparam("key"))
    .values(applied_ms=bindparam("applied_ms"))
)
_PRUNE_INBOX = delete(t.webhook_inbox).where(
    t.webhook_inbox.c.applied_ms.is_not(None), t.webhook_inbox.c.received_ms < bindparam("before_ms")
)


class SqlTx(SqlReservations, SqlRecordingTx, SqlEventTx, SqlErasureTx, SqlHistoryTx, CallTx):
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._driver = driver_of(connection)

    def insert_call(self, call: Call, instructions: Instructions) -> None:
        row = rows.call_row(call) | {
            "system_prompt": instructions.system_prompt,
            "greeting": instructions.greeting,
        }
        try:
            self._connection.execute(_INSERT_CALL, row)
        except IntegrityError as error:
            raise RoomTaken from error

    def save_call(self, call: Call) -> Call:
        stored = replace(call, version=call.version + 1)
        row = rows.call_row(stored)
        values = {name: row[name] for name in rows.CHANGING}
        result = self._connection.execute(_SAVE_CALL, values | {"call_key": call.id, "read_version": call.version})
        if result.rowcount != 1:
            raise StaleCall(call.id)
        return stored

    def delete_call(self, call_id: CallId) -> None:
        self._connection.execute(_DELETE_CALL, {"call_id": call_id})

    def call(self, call_id: CallId) -> Call | None:
        return self._one_call(_CALL, call_id=call_id)

    def calls(self, call_ids: Sequence[CallId]) -> list[Call]:
        return self._calls(_SOME_CALLS, call_ids=list(call_ids)) if call_ids else []

    def open_call_in(self, room_name: RoomName) -> Call | None:
        return self._one_call(_OPEN_CALL_IN, room_name=room_name)

    def newest_call_in(self, room_name: RoomName, user_id: Identity | None) -> Call | None:
        if user_id is None:
            return self._one_call(_NEWEST_IN, room_name=room_name)
        return self._one_call(_MY_NEWEST_IN, room_name=room_name, user_id=user_id)

    def call_in(self, media_room: MediaRoom) -> Call | None:
        return self._one_call(_IN_MEDIA_ROOM, media_room=media_room)

    def open_calls(self) -> list[Call]:
        return [rows.call_of(row) for row in _OPEN_CALLS.all(self._driver)]

    def unclosed_calls(self) -> list[Call]:
        return [rows.call_of(row) for row in _UNCLOSED_CALLS.all(self._driver)]

    def count_open(self, caller_id: Identity) -> int:
        return self._connection.execute(_COUNT_OPEN, {"caller_id": caller_id}).scalar_one()

    def is_busy(self, user_id: Identity) -> bool:
        return any(
            self._connection.execute(statement, {"user_id": user_id}).first() is not None
            for statement in (_OWN_CALL, _JOINED_CALL)
        )

    def count_unclaimed(self) -> int:
        return self._connection.execute(_COUNT_UNCLAIMED).scalar_one()

    def page(self, calls: CallFilter, *, limit: int, offset: int) -> CallPage:
        conditions = wanted(calls)
        total = self._connection.execute(select(func.count()).select_from(t.calls).where(*conditions)).scalar_one()
        found = self._calls(_CALLS.where(*conditions).order_by(*_NEWEST_FIRST).limit(limit).offset(offset))
        return CallPage(tuple(found), total)

    def instructions(self, call_id: CallId) -> Instructions:
        row = self._connection.execute(_INSTRUCTIONS, {"call_id": call_id}).mappings().one()
        return Instructions(row["system_prompt"], row["greeting"])

    def save_instructions(self, call_id: CallId, instructions: Instructions) -> None:
        self._connection.execute(_SAVE_INSTRUCTIONS, {"call_key": call_id} | asdict(instructions))

    def put_member(self, member: Member) -> None:
        self._connection.execute(_ADD_MEMBER, asdict(member))

    def members(self, call_id: CallId) -> list[Member]:
        return [rows.member_of(row) for row in _MEMBERS.all(self._driver, call_id=call_id)]

    def presence(self, call_id: CallId) -> list[Presence]:
        return [rows.presence_of(row) for row in _PRESENCE.all(self._driver, call_id=call_id)]

    def put_presence(self, presence: Presence) -> None:
        self._connection.execute(_PUT_PRESENCE, asdict(presence))

    def rooms(self, call_id: CallId) -> list[Room]:
        return [rows.room_of(row) for row in _ROOMS.all(self._driver, call_id=call_id)]

    def room(self, room_sid: RoomSid) -> Room | None:
        row = _ROOM.first(self._driver, room_sid=room_sid)
        return None if row is None else rows.room_of(row)

    def put_room(self, room: Room) -> None:
        self._connection.execute(_PUT_ROOM, asdict(room))

    def add_report(self, call_id: CallId, epoch: int, seq: int) -> bool:
        key = {"call_id": call_id, "epoch": epoch, "seq": seq}
        return self._connection.execute(_ADD_REPORT, key).rowcount == 1

    def put_segment(self, segment: StoredSegment) -> None:
        self._connection.execute(_PUT_SEGMENT, asdict(segment))

    def drop_segment(self, call_id: CallId, segment_id: str) -> None:
        self._connection.execute(_DROP_SEGMENT, {"key_call": call_id, "key_segment": segment_id})

    def segments(self, call_id: CallId) -> list[StoredSegment]:
        return [rows.segment_of(row) for row in _SEGMENTS.all(self._driver, call_id=call_id)]

    def segment(self, call_id: CallId, segment_id: str) -> StoredSegment | None:
        row = _SEGMENT.first(self._driver, call_id=call_id, segment_id=segment_id)
        return None if row is None else rows.segment_of(row)

    def calls_with_segments(self, call_ids: Sequence[CallId]) -> set[CallId]:
        if not call_ids:
            return set()
        found = self._connection.execute(_WITH_SEGMENTS, {"call_ids": list(call_ids)}).scalars()
        return {CallId(call_id) for call_id in found}

    def put_turn(self, turn: StoredTurn) -> None:
        self._connection.execute(_PUT_TURN, asdict(turn))

    def put_usage(self, usage: StoredUsage) -> None:
        key = {"call_id": usage.call_id, "epoch": usage.epoch, "seq": usage.seq}
        self._connection.execute(_PUT_USAGE, key | asdict(usage.usage))

    def add_inbox(self, event: InboxEvent) -> bool:
        return self._connection.execute(_ADD_INBOX, rows.inbox_row(event)).rowcount == 1

    def unapplied(self, limit: int) -> list[InboxEvent]:
        return [rows.inbox_of(row) for row in _UNAPPLIED.all(self._driver, max_rows=limit)]

    def mark_applied(self, event_id: str, at_ms: int) -> None:
        self._connection.execute(_MARK_APPLIED, {"key": event_id, "applied_ms": at_ms})

    def prune_inbox(self, before_ms: int) -> int:
        return self._connection.execute(_PRUNE_INBOX, {"before_ms": before_ms}).rowcount

    def _one_call(self, statement: Prepared, **values: Any) -> Call | None:
        row = statement.first(self._driver, **values)
        return None if row is None else rows.call_of(row)

    def _calls(self, statement: Any, **values: Any) -> list[Call]:
        return [rows.call_of(row) for row in self._connection.execute(statement, values).mappings()]
