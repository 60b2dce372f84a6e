"""The upkeep's eyes and hands in LiveKit: lists rooms, looks into them, repairs what is stored, deletes strays."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from control_api.call_facts import merge_room
from control_api.limits import Limits
from control_api.ports import (
    CallStore,
    CallTx,
    LiveKitGateway,
    LiveKitRefused,
    LiveKitUnavailable,
    LiveParticipant,
    LiveRoom,
)
from control_api.records import Call, Room
from control_api.services.make_room import make_room
from control_api.services.record import put_stay, settle_and_save
from control_api.services.room_locks import RoomLocks
from control_api.upkeep.media import found_again, rooms_seen, without_stray
from control_api.upkeep.repair import repairs
from control_api.upkeep.view import RoomsSeen
from shared.clock import Clock
from shared.ids import CallId, MediaRoom, RoomSid
from shared.log import get_logger

log = get_logger(__name__)


class RoomsWatch:
    def __init__(
        self, store: CallStore, gateway: LiveKitGateway, locks: RoomLocks, limits: Limits, clock: Clock
    ) -> None:
        self._limits = limits
        self._store = store
        self._gateway = gateway
        self._locks = locks
        self._clock = clock
        self._not_ours: set[MediaRoom] = set()
        """Strays that no call of ours ever had: of another installation, perhaps. Only of rooms that are listed."""
        self.rooms: RoomsSeen | None = None
        """None while LiveKit does not answer."""
        self.looked_ms: dict[CallId, int] = {}
        """When the room of each open call was last looked into."""

    def forget_all_but(self, open_ids: Collection[CallId]) -> None:
        self.looked_ms = {call_id: at_ms for call_id, at_ms in self.looked_ms.items() if call_id in open_ids}

    async def list_rooms(self, open_calls: Sequence[Call]) -> None:
        asked_ms = self._clock.now_ms()
        try:
            listed = await self._gateway.list_rooms()
        except (LiveKitUnavailable, LiveKitRefused):
            self.rooms = None
            raise
        self._not_ours &= {room.name for room in listed}
        listed_ours = [room for room in listed if room.name not in self._not_ours]
        self.rooms = rooms_seen(self.rooms, open_calls, listed_ours, asked_ms)

    async def look_inside(self, call: Call, room_sid: RoomSid) -> None:
        asked_ms = self._clock.now_ms()
        live = await self._gateway.list_participants(call.media_room)
        # Most looks find what is stored; only a difference is worth a write.
        if await self._store.read(lambda tx: _differs(tx, call, live, room_sid, asked_ms)):
            repaired = await self._store.write(lambda tx: _repair(tx, call, live, room_sid, asked_ms))
            log.info("presence repaired", call_id=call.id, participants=repaired)
        self.looked_ms[call.id] = asked_ms

    async def make_again(self, lost: Call) -> None:
        async with self._locks.hold(lost.media_room):
            call = await self._store.read(lambda tx: tx.call(lost.id))
            if call is None or call.is_final:
                return
            made = await make_room(self._gateway, call, self._limits)
        await self._store.write(lambda tx: _put_room(tx, call.id, made))
        self.rooms = None if self.rooms is None else found_again(self.rooms, call, made)
        log.warning("room was lost, made again", call_id=call.id, room=call.room_name)

    async def reap(self, room: MediaRoom) -> None:
        """A room whose call is over, or that somebody has opened again with an old token, goes; one that no call of
        ours ever had stays."""
        async with self._locks.hold(room):
            call = await self._store.read(lambda tx: tx.call_in(room))
            if call is None:
                self._not_ours.add(room)
            elif call.is_final:
                await self._gateway.delete_room(room)
                log.info("room without a call deleted", room=room, call_id=call.id)
        self.rooms = None if self.rooms is None else without_stray(self.rooms, room)


def _differs(tx: CallTx, call: Call, live: Sequence[LiveParticipant], room_sid: RoomSid, asked_ms: int) -> bool:
    return tx.room(room_sid) is None or bool(repairs(call, tx.presence(call.id), live, room_sid, asked_ms))


def _put_room(tx: CallTx, call_id: CallId, made: LiveRoom) -> None:
    call = tx.call(call_id)
    if call is not None and not call.is_final:
        tx.put_room(merge_room(tx.room(made.sid), Room(made.sid, call_id, made.created_ms)))
        settle_and_save(tx, call)


def _repair(tx: CallTx, call: Call, live: Sequence[LiveParticipant], room_sid: RoomSid, asked_ms: int) -> int:
    stored = tx.call(call.id)
    if stored is None or stored.is_final:
        return 0
    known = {stay.participant_sid: stay for stay in tx.presence(call.id)}
    needed = repairs(stored, list(known.values()), live, room_sid, asked_ms)
    is_new_room = tx.room(room_sid) is None
    if is_new_room:
        tx.put_room(Room(room_sid, call.id, asked_ms))
    for stay in needed:
        put_stay(tx, stored, known.get(stay.participant_sid), stay)
    if needed or is_new_room:
        settle_and_save(tx, stored)
    return len(needed)
