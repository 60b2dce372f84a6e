"""Rooms for the floor: made with LiveKit's own key, beside the API, each with an answerer in it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import sys
from collections.abc import AsyncIterator, Awaitable, Sequence
from pathlib import Path
from typing import Any

import aiohttp
from livekit import api

from scripts.caller.api import OpenedCall
from scripts.caller.problem import CallerProblem
from shared.call_state import CallState
from shared.ids import AGENT_IDENTITY_PREFIX

_PATIENCE_S = 20.0
_EMPTY_TIMEOUT_S = 20
_ANSWERER = f"{AGENT_IDENTITY_PREFIX}floor"
"""A caller takes it for an agent."""


class FloorDoor:
    """Opens rooms in which a stored answer sits instead of an agent."""

    def __init__(self, livekit: LiveKitAccess, process: asyncio.subprocess.Process) -> None:
        self._livekit = livekit
        self._process = process
        self._joined: dict[str, asyncio.Future[None]] = {}
        self._ready = asyncio.Event()
        self._reading = asyncio.create_task(self._read(), name="floor answers")

    @property
    def pid(self) -> int:
        return self._process.pid

    async def open(self) -> OpenedCall:
        name = f"floor-{secrets.token_hex(8)}"
        joined = self._joined[name] = asyncio.get_running_loop().create_future()
        await self._livekit.make_room(name)
        order = {"room": name, "url": self._livekit.url, "token": self._livekit.token(name, _ANSWERER, agent=True)}
        if self._process.stdin is None or self._process.returncode is not None:
            raise CallerProblem("The answerer without a model has ended.")
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        await self._within(joined, "does not join its room")
        return OpenedCall(name, name, self._livekit.url, self._livekit.token(name, "caller", agent=False))

    async def record(self, call: OpenedCall) -> dict[str, Any]:
        """A room of the floor has no record: it is closed, and counts as completed."""
        await self._livekit.close_room(call.room_name)
        return {"status": CallState.COMPLETED.value}

    async def until_ready(self) -> None:
        """When the answerer has loaded what it needs. Raises `CallerProblem`."""
        await self._within(self._ready.wait(), "does not start")

    async def close(self) -> None:
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)

    async def _within(self, waited_for: Awaitable[object], else_: str) -> None:
        try:
            async with asyncio.timeout(_PATIENCE_S):
                await waited_for
        except TimeoutError:
            raise CallerProblem(f"The answerer without a model {else_} within {_PATIENCE_S:g} s.") from None

    async def _read(self) -> None:
        while self._process.stdout and (line := await self._process.stdout.readline()):
            self._ready.set()
            joined = self._joined.pop(json.loads(line).get("joined"), None)
            if joined and not joined.done():
                joined.set_result(None)


class LiveKitAccess:
    """The few things that the floor needs of the LiveKit server."""

    def __init__(self, url: str, key: str, secret: str, http: aiohttp.ClientSession) -> None:
        self.url = url
        self._key, self._secret = key, secret
        self.api = api.LiveKitAPI(url, key, secret, session=http)

    async def make_room(self, name: str) -> None:
        """Raises `CallerProblem`."""
        try:
            await self.api.room.create_room(api.CreateRoomRequest(name=name, empty_timeout=_EMPTY_TIMEOUT_S))
        except (api.TwirpError, aiohttp.ClientError) as error:
            raise CallerProblem(f"LiveKit at {self.url} does not make a room: {error}.") from error

    async def close_room(self, name: str) -> None:
        with contextlib.suppress(api.TwirpError, aiohttp.ClientError):
            await self.api.room.delete_room(api.DeleteRoomRequest(room=name))

    def token(self, room: str, identity: str, *, agent: bool) -> str:
        grants = api.VideoGrants(room_join=True, room=room)
        token = api.AccessToken(self._key, self._secret).with_identity(identity).with_grants(grants)
        return (token.with_kind("agent") if agent else token).to_jwt()


@contextlib.asynccontextmanager
async def floor_door(livekit: LiveKitAccess, script: Path | None) -> AsyncIterator[FloorDoor]:
    """The answerer's process runs as long as the context."""
    command = [sys.executable, "-m", "scripts.caller.floor.answerer", *(["--script", str(script)] if script else [])]
    async with ordered_door(livekit, command) as door:
        yield door


@contextlib.asynccontextmanager
async def ordered_door(livekit: LiveKitAccess, command: Sequence[str], **process: Any) -> AsyncIterator[FloorDoor]:
    """The same for any process that takes such orders; `process` is how it is started."""
    started = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, **process
    )
    door = FloorDoor(livekit, started)
    try:
        await door.until_ready()
        yield door
    finally:
        await door.close()
        if started.stdin:
            started.stdin.close()
        try:
            async with asyncio.timeout(10):
                await started.wait()
        except TimeoutError:
            started.kill()
            await started.wait()
