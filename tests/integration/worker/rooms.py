"""Rooms of the real LiveKit server, made and looked into as the API does it."""

from __future__ import annotations

from typing import Literal

from livekit import api

from shared.ids import AGENT_NAME, Identity, RoomName
from tests.support.livekit_server import LiveKitServer


class Rooms:
    def __init__(self, livekit: LiveKitServer) -> None:
        self._livekit = livekit

    async def make(self, room: RoomName) -> None:
        async with self._api() as server:
            await server.room.create_room(api.CreateRoomRequest(name=room, empty_timeout=60, departure_timeout=30))

    async def dispatch(self, room: RoomName, metadata: str) -> None:
        request = api.CreateAgentDispatchRequest(agent_name=AGENT_NAME, room=room, metadata=metadata)
        async with self._api() as server:
            await server.agent_dispatch.create_dispatch(request)

    async def people_in(self, room: RoomName) -> list[str]:
        async with self._api() as server:
            answer = await server.room.list_participants(api.ListParticipantsRequest(room=room))
            return [participant.identity for participant in answer.participants]

    async def remove(self, room: RoomName, identity: str) -> None:
        async with self._api() as server:
            await server.room.remove_participant(api.RoomParticipantIdentity(room=room, identity=identity))

    async def close(self, room: RoomName) -> None:
        """Everybody in it is disconnected; a room that is gone already is no error."""
        async with self._api() as server:
            try:
                await server.room.delete_room(api.DeleteRoomRequest(room=room))
            except api.TwirpError as error:
                if error.code != api.TwirpErrorCode.NOT_FOUND:
                    raise

    def agent_token(self, identity: Identity, room: RoomName) -> str:
        grants = self._grants(room)
        grants.agent = True
        grants.can_update_own_metadata = True
        return self._token(identity, grants, kind="agent")

    def recorder_token(self, identity: Identity, room: RoomName) -> str:
        grants = api.VideoGrants(
            room_join=True, room=room, hidden=True, can_subscribe=True, can_publish=False, can_publish_data=True
        )
        return self._token(identity, grants, kind="agent")

    def caller_token(self, identity: Identity, room: RoomName) -> str:
        grants = self._grants(room)
        # As the API signs them.
        grants.can_publish_sources = ["microphone", "unknown"]
        return self._token(identity, grants, kind="standard")

    def _api(self) -> api.LiveKitAPI:
        return api.LiveKitAPI(self._livekit.http_url, self._livekit.api_key, self._livekit.api_secret)

    @staticmethod
    def _grants(room: RoomName) -> api.VideoGrants:
        return api.VideoGrants(room_join=True, room=room, can_publish=True, can_subscribe=True, can_publish_data=True)

    def _token(self, identity: Identity, grants: api.VideoGrants, kind: Literal["agent", "standard"]) -> str:
        token = api.AccessToken(self._livekit.api_key, self._livekit.api_secret)
        return token.with_identity(identity).with_kind(kind).with_grants(grants).to_jwt()
