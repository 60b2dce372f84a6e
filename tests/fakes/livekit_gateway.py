"""A media server in memory, which can be down, slow, or lose what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from itertools import count

from control_api.ports import (
    LiveKitGateway,
    LiveKitUnavailable,
    LiveParticipant,
    LiveRoom,
    RoomTokens,
    WebhookRejected,
    WebhookVerifier,
)
from control_api.services.livekit import LiveKit
from shared.clock import Clock
from shared.ids import Identity, MediaRoom, RoomSid


@dataclass
class FakeRoom:
    live: LiveRoom
    empty_timeout_s: int = 0
    departure_timeout_s: int = 0
    metadata: str = ""
    participants: dict[str, LiveParticipant] = field(default_factory=dict)
    dispatches: list[tuple[str, str]] = field(default_factory=list)
    """(agent name, metadata)"""
    data: list[tuple[str, bytes]] = field(default_factory=list)
    """(topic, payload)"""


class FakeGateway(LiveKitGateway):
    """`down`: every request fails. `fail_next[method]`: so many requests of that name fail. `hang`: requests wait
    until it is set."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sids = count(1)
        self.rooms: dict[MediaRoom, FakeRoom] = {}
        self.deleted: list[FakeRoom] = []
        self.requests: list[str] = []
        self.down = False
        self.fail_next: dict[str, int] = {}
        self.hang: asyncio.Event | None = None
        self.closed = False
        self.clock_is_ahead_s = 0.0

    async def create_room(
        self, name: MediaRoom, *, empty_timeout_s: int, departure_timeout_s: int, metadata: str = ""
    ) -> LiveRoom:
        await self._request("create_room")
        room = self.rooms.get(name)
        if room is None:
            room = FakeRoom(self._new_room(name), empty_timeout_s, departure_timeout_s, metadata)
            self.rooms[name] = room
        return room.live

    async def dispatch(self, room: MediaRoom, *, agent_name: str, metadata: str) -> None:
        await self._request("dispatch")
        self.rooms.setdefault(room, FakeRoom(self._new_room(room))).dispatches.append((agent_name, metadata))

    async def withdraw_dispatches(self, room: MediaRoom, *, agent_name: str, keep: Collection[str]) -> None:
        await self._request("withdraw_dispatches")
        if room in self.rooms:
            dispatches = self.rooms[room].dispatches
            self.rooms[room].dispatches = [one for one in dispatches if one[0] != agent_name or one[1] in keep]

    async def list_rooms(self) -> list[LiveRoom]:
        await self._request("list_rooms")
        return [room.live for room in self.rooms.values()]

    async def clock_ahead_s(self) -> float:
        await self._request("clock_ahead_s")
        return self.clock_is_ahead_s

    async def list_participants(self, room: MediaRoom) -> list[LiveParticipant]:
        await self._request("list_participants")
        return list(self.rooms[room].participants.values()) if room in self.rooms else []

    async def send_data(self, room: MediaRoom, *, topic: str, payload: bytes) -> None:
        await self._request("send_data")
        if room in self.rooms:
            self.rooms[room].data.append((topic, payload))

    async def delete_room(self, room: MediaRoom) -> None:
        await self._request("delete_room")
        if room in self.rooms:
            self.deleted.append(self.rooms.pop(room))

    async def remove_participant(self, room: MediaRoom, identity: Identity) -> None:
        await self._request("remove_participant")
        found = self.rooms.get(room)
        if found is not None:
            found.participants = {sid: one for sid, one in found.participants.items() if one.identity != identity}

    async def aclose(self) -> None:
        self.closed = True

    def joins(self, room: MediaRoom, identity: str) -> LiveParticipant:
        """Somebody comes in (no webhook is sent)."""
        number = next(self._sids)
        one = LiveParticipant(f"PA_{number:04d}", Identity(identity), self._clock.now_ms())
        self.rooms[room].participants[one.sid] = one
        return one

    def leaves(self, room: MediaRoom, participant: LiveParticipant) -> None:
        self.rooms[room].participants.pop(participant.sid, None)

    def restart(self) -> None:
        """As after a crash without a shared store: no room is left."""
        self.rooms.clear()

    def _new_room(self, name: MediaRoom) -> LiveRoom:
        return LiveRoom(RoomSid(f"RM_{next(self._sids):04d}"), name, self._clock.now_ms())

    async def _request(self, method: str) -> None:
        self.requests.append(method)
        if self.hang is not None:
            await self.hang.wait()
        if self.down:
            raise LiveKitUnavailable("down")
        left = self.fail_next.get(method, 0)
        if left:
            self.fail_next[method] = left - 1
            raise LiveKitUnavailable("asked to fail")


class FakeTokens(RoomTokens):
    def for_person(self, room: MediaRoom, identity: Identity, name: str, *, ttl_s: int) -> str:
        return f"person {identity} {room} {ttl_s}"

    def for_agent(self, room: MediaRoom, identity: Identity, *, ttl_s: int) -> str:
        return f"agent {identity} {room} {ttl_s}"

    def for_recorder(self, room: MediaRoom, identity: Identity, *, ttl_s: int) -> str:
        return f"recorder {identity} {room} {ttl_s}"

    def for_notice(self, room: MediaRoom, identity: Identity, *, speaks_for: Identity, ttl_s: int) -> str:
        return f"notice {identity} {room} {speaks_for} {ttl_s}"


class FakeWebhookVerifier(WebhookVerifier):
    """Takes the one signature."""

    SIGNATURE = "signed"

    def verify(self, body: bytes, authorization: str) -> None:
        if authorization != self.SIGNATURE:
            raise WebhookRejected


def fake_livekit(gateway: LiveKitGateway, changes: Mapping[str, str] | None = None) -> LiveKit:
    urls = {"public_url": "ws://public.example", "internal_url": "ws://internal.example"} | dict(changes or {})
    return LiveKit(gateway, FakeTokens(), FakeWebhookVerifier(), urls["public_url"], urls["internal_url"])
