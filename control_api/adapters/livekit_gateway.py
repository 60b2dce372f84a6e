"""`LiveKitGateway` over livekit-api."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Collection
from email.utils import parsedate_to_datetime
from typing import TypeVar

import aiohttp
from livekit import api
from livekit.protocol.models import DataPacket, ParticipantInfo

from control_api.ports import LiveKitGateway, LiveKitRefused, LiveKitUnavailable, LiveParticipant, LiveRoom
from shared.clock import SystemClock
from shared.ids import Identity, MediaRoom, RoomSid
from shared.proxies import proxy_of

T = TypeVar("T")

REQUEST_TIMEOUT_S = 2.5
DELIVERY_S = 0.2
HALF_A_SECOND_S = 0.5
"""What a time in whole seconds has lost on average."""


class LiveKitApiGateway(LiveKitGateway):
    """Must be made inside a running event loop, and closed: it owns an HTTP session."""

    def __init__(self, url: str, api_key: str, api_secret: str) -> None:
        self._session = aiohttp.ClientSession(proxy=proxy_of(url))
        self._http_url = url.replace("ws", "http", 1) if url.startswith("ws") else url
        self._api = api.LiveKitAPI(url, api_key, api_secret, session=self._session, failover=False)

    async def create_room(
        self, name: MediaRoom, *, empty_timeout_s: int, departure_timeout_s: int, metadata: str = ""
    ) -> LiveRoom:
        request = api.CreateRoomRequest(
            name=name, empty_timeout=empty_timeout_s, departure_timeout=departure_timeout_s, metadata=metadata
        )
        return _room(await _translated(self._api.room.create_room(request)))

    async def dispatch(self, room: MediaRoom, *, agent_name: str, metadata: str) -> None:
        request = api.CreateAgentDispatchRequest(agent_name=agent_name, room=room, metadata=metadata)
        await _translated(self._api.agent_dispatch.create_dispatch(request))

    async def withdraw_dispatches(self, room: MediaRoom, *, agent_name: str, keep: Collection[str]) -> None:
        listed = await _translated(self._api.agent_dispatch.list_dispatch(room))
        old = [one.id for one in listed if one.agent_name == agent_name and one.metadata not in keep]
        await asyncio.gather(*(_unless_missing(self._api.agent_dispatch.delete_dispatch(id_, room)) for id_ in old))

    async def list_rooms(self) -> list[LiveRoom]:
        answer = await _translated(self._api.room.list_rooms(api.ListRoomsRequest()))
        return [_room(room) for room in answer.rooms]

    async def clock_ahead_s(self) -> float:
        return await _call(self._clock_ahead_s())

    async def _clock_ahead_s(self) -> float:
        """Every HTTP answer of the server has its time, in whole seconds."""
        async with self._session.get(self._http_url) as answer:
            now_s = SystemClock().now_ms() / 1000
            date = answer.headers.get("Date")
        return 0.0 if date is None else parsedate_to_datetime(date).timestamp() + HALF_A_SECOND_S - now_s

    async def list_participants(self, room: MediaRoom) -> list[LiveParticipant]:
        answer = await _translated(self._api.room.list_participants(api.ListParticipantsRequest(room=room)))
        return [_participant(info) for info in answer.participants if info.state != ParticipantInfo.DISCONNECTED]

    async def send_data(self, room: MediaRoom, *, topic: str, payload: bytes) -> None:
        # For a room that is not there livekit-server 1.13.5 takes 3 s to answer "unavailable", like a server in need.
        known = await _translated(self._api.room.list_rooms(api.ListRoomsRequest(names=[room])))
        if not known.rooms:
            return
        request = api.SendDataRequest(room=room, data=payload, kind=DataPacket.Kind.RELIABLE, topic=topic)
        await _translated(self._api.room.send_data(request))
        # Answered when it is taken, not when it is delivered: a room deleted at once sometimes closes before it.
        await SystemClock().sleep(DELIVERY_S)

    async def delete_room(self, room: MediaRoom) -> None:
        await _unless_missing(self._api.room.delete_room(api.DeleteRoomRequest(room=room)))

    async def remove_participant(self, room: MediaRoom, identity: Identity) -> None:
        request = api.RoomParticipantIdentity(room=room, identity=identity)
        await _unless_missing(self._api.room.remove_participant(request))

    async def aclose(self) -> None:
        await self._session.close()


async def _unless_missing(request: Awaitable[object]) -> None:
    try:
        await _call(request)
    except api.TwirpError as error:
        if error.code != "not_found":
            raise _translate(error) from None


async def _translated(request: Awaitable[T]) -> T:
    try:
        return await _call(request)
    except api.TwirpError as error:
        raise _translate(error) from None


async def _call(request: Awaitable[T]) -> T:
    try:
        # Not by the session's ClientTimeout: livekit-api 1.2 passes `timeout=None` with each request, which lifts it.
        async with asyncio.timeout(REQUEST_TIMEOUT_S):
            return await request
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise LiveKitUnavailable(type(error).__name__) from None


def _translate(error: api.TwirpError) -> Exception:
    if error.status >= 500 or error.status == 429:
        return LiveKitUnavailable(error.code)
    return LiveKitRefused(error.code)


def _room(room: api.Room) -> LiveRoom:
    created_ms = room.creation_time_ms or room.creation_time * 1000
    return LiveRoom(RoomSid(room.sid), MediaRoom(room.name), created_ms)


def _participant(info: api.ParticipantInfo) -> LiveParticipant:
    return LiveParticipant(info.sid, Identity(info.identity), info.joined_at_ms or info.joined_at * 1000)
