"""A worker process between a real LiveKit server, the local Realtime server and the tests' own internal API."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from types import TracebackType
from typing import Literal, Self

from livekit import api

from scripts.caller.captions import Caption
from scripts.caller.phone import Phone
from shared.call_report import AgentJoined
from shared.call_spec import CallSpec
from shared.claims import Claim
from shared.clock import SystemClock
from shared.ids import AGENT_NAME, CallId, Identity, RoomName, agent_identity
from shared.worker_link import HeldCall
from tests.fakes.internal_api import FakeInternalApi
from tests.integration.worker.worker_process import RunningWorker

CALLER = Identity("user_caller")


class Stack:
    """``async with Stack(worker) as stack``: its API is there, the worker is connected and ready."""

    def __init__(self, worker: RunningWorker) -> None:
        self.worker = worker
        self.livekit = worker.livekit
        self.realtime = worker.realtime
        self.control = FakeInternalApi(port=worker.api_port)
        self._phones: list[Phone] = []

    async def __aenter__(self) -> Self:
        await self.control.start()
        try:
            await self.worker.until_ready()
        except BaseException:
            await self.control.stop()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for phone in self._phones:
            await phone.hang_up()
        await self.control.stop()

    # ----------------------------------------------------------------------------------------------- the calls

    async def open_call(self, **claim: object) -> HeldCall:
        """A room and a dispatch, as the API makes them; fields of the claim can be given."""
        call_id = CallId(f"0190{secrets.token_hex(14)}")
        room = RoomName(f"support-{secrets.token_hex(6)}")
        defaults: dict[str, object] = {
            "call_id": call_id,
            "epoch": 1,
            "room_name": room,
            "caller_identity": CALLER,
            "agent_identity": agent_identity(call_id),
            "livekit_url": self.livekit.url,
            "token": self._agent_token(agent_identity(call_id), room),
            "system_prompt": "You are a test.",
            "greeting": "",
            "voice": "alloy",
            "model": "gpt-realtime",
            "max_duration_s": 600,
            "idle_timeout_s": 120,
            "reconnect_grace_s": 30,
        }
        held = self.control.add(Claim(**{**defaults, **claim}))  # type: ignore[arg-type]
        async with self._livekit_api() as server:
            await server.room.create_room(api.CreateRoomRequest(name=room, empty_timeout=60, departure_timeout=30))
            await self.dispatch(held)
        return held

    async def dispatch(self, held: HeldCall) -> None:
        room = self.control.calls[held].room_name
        metadata = CallSpec(held.call_id, room, held.epoch).to_metadata()
        async with self._livekit_api() as server:
            await server.agent_dispatch.create_dispatch(
                api.CreateAgentDispatchRequest(agent_name=AGENT_NAME, room=room, metadata=metadata)
            )

    async def join(self, held: HeldCall) -> Phone:
        """The caller joins the call's room with an open, silent microphone."""
        phone = Phone(SystemClock(), _ignore)
        self._phones.append(phone)
        claim = self.control.calls[held]
        await phone.join(self.livekit.url, self._caller_token(claim.caller_identity, claim.room_name))
        return phone

    async def begin_call(self, **claim: object) -> tuple[HeldCall, Phone]:
        """A call in which the caller and the agent are."""
        held = await self.open_call(**claim)
        phone = await self.join(held)
        await self.control.wait_for_report(held.call_id, AgentJoined)
        await until("the agent's track is there", phone.agent_here.is_set)
        return held, phone

    async def people_in(self, held: HeldCall) -> list[str]:
        async with self._livekit_api() as server:
            room = self.control.calls[held].room_name
            answer = await server.room.list_participants(api.ListParticipantsRequest(room=room))
            return [participant.identity for participant in answer.participants]

    async def remove_from_room(self, held: HeldCall, identity: str) -> None:
        async with self._livekit_api() as server:
            room = self.control.calls[held].room_name
            await server.room.remove_participant(api.RoomParticipantIdentity(room=room, identity=identity))

    async def close_room(self, held: HeldCall) -> None:
        async with self._livekit_api() as server:
            await server.room.delete_room(api.DeleteRoomRequest(room=self.control.calls[held].room_name))

    def _livekit_api(self) -> api.LiveKitAPI:
        return api.LiveKitAPI(self.livekit.http_url, self.livekit.api_key, self.livekit.api_secret)

    def _agent_token(self, identity: Identity, room: RoomName) -> str:
        grants = api.VideoGrants(
            room_join=True,
            room=room,
            agent=True,
            can_publish=True,
            can_subscribe=True,
            can_publish_data=True,
            can_update_own_metadata=True,
        )
        return self._token(identity, grants, kind="agent")

    def _caller_token(self, identity: Identity, room: RoomName) -> str:
        grants = api.VideoGrants(room_join=True, room=room, can_publish=True, can_subscribe=True, can_publish_data=True)
        return self._token(identity, grants, kind="standard")

    def _token(self, identity: Identity, grants: api.VideoGrants, kind: Literal["agent", "standard"]) -> str:
        token = api.AccessToken(self.livekit.api_key, self.livekit.api_secret)
        return token.with_identity(identity).with_kind(kind).with_grants(grants).to_jwt()


def _ignore(_caption: Caption, _words: str, _ended: bool) -> None:
    pass


async def until(what: str, condition: Callable[[], bool], limit_s: float = 10.0) -> None:
    """Wait until `condition()` holds; says what did not come true."""
    deadline = asyncio.get_running_loop().time() + limit_s
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, f"within {limit_s} s it did not come true that {what}"
        await asyncio.sleep(0.01)
