"""How a call comes to each system: ours by its API, an agent by a dispatch, a process by an order on its stdin."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from typing import Any

import aiohttp
from livekit import api

from scripts.caller.api import OpenedCall
from scripts.caller.floor.rooms import LiveKitAccess
from scripts.caller.problem import CallerProblem
from shared.call_state import CallState
from shared.clock import Clock
from shared.ids import is_agent_identity

READY_WITHIN_S = 60.0
_ASK_AGAIN_S = 2.0
_LOOK_S = 0.1


class DispatchDoor:
    """Rooms with an agent that LiveKit dispatches by its name."""

    def __init__(self, livekit: LiveKitAccess, agent_name: str, clock: Clock) -> None:
        self._livekit = livekit
        self._agent_name = agent_name
        self._clock = clock

    async def open(self) -> OpenedCall:
        name = f"{self._agent_name}-{secrets.token_hex(6)}"
        await self._livekit.make_room(name)
        await self._dispatch(name)
        return OpenedCall(name, name, self._livekit.url, self._livekit.token(name, "caller", agent=False))

    async def record(self, call: OpenedCall) -> dict[str, Any]:
        """There is none: the room is closed, and the call counts as completed."""
        await self._livekit.close_room(call.room_name)
        return {"status": CallState.COMPLETED.value}

    async def until_ready(self) -> None:
        """When an agent has come into a room of nobody. A dispatch that no worker took is lost, so it is made again."""
        name = f"{self._agent_name}-{secrets.token_hex(6)}"
        await self._livekit.make_room(name)
        try:
            async with asyncio.timeout(READY_WITHIN_S):
                while not await self._agent_came(name):
                    pass
        except TimeoutError:
            raise CallerProblem(f"{self._agent_name} takes no calls within {READY_WITHIN_S:g} s.") from None
        finally:
            await self._livekit.close_room(name)

    async def _agent_came(self, room: str) -> bool:
        await self._dispatch(room)
        until_s = self._clock.monotonic_s() + _ASK_AGAIN_S
        while self._clock.monotonic_s() < until_s:
            await self._clock.sleep(_LOOK_S)
            people = await self._livekit.api.room.list_participants(api.ListParticipantsRequest(room=room))
            if any(is_agent_identity(person.identity) for person in people.participants):
                return True
        return False

    async def _dispatch(self, room: str) -> None:
        request = api.CreateAgentDispatchRequest(agent_name=self._agent_name, room=room)
        with contextlib.suppress(aiohttp.ClientError, api.TwirpError):
            await self._livekit.api.agent_dispatch.create_dispatch(request)
