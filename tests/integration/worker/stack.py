"""A worker process between a real LiveKit server, the local Realtime server and the tests' own internal API."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

import aiohttp
import psutil
from livekit import api

from scripts.caller.captions import Caption
from scripts.caller.phone import Phone
from shared.call_spec import CallSpec
from shared.claims import Claim
from shared.clock import SystemClock
from shared.ids import AGENT_NAME, CallId, Identity, RoomName, agent_identity
from shared.worker_link import HeldCall
from tests.fakes.internal_api import FakeInternalApi
from tests.support.livekit_server import LiveKitServer, free_port
from tests.support.realtime_process import RealtimeServer

ROOT = Path(__file__).resolve().parents[3]
CALLER = Identity("user_caller")
READY_WITHIN_S = 30.0


@dataclass
class Stack:
    livekit: LiveKitServer
    realtime: RealtimeServer
    directory: Path
    control: FakeInternalApi = field(default_factory=FakeInternalApi)
    environment: dict[str, str] = field(default_factory=dict)
    slots: int = 8
    health_port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None
    _phones: list[Phone] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        await self.control.start()
        try:
            await self.start_worker()
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for phone in self._phones:
            await phone.hang_up()
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            await self.exit_status()
        await self.control.stop()

    # ---------------------------------------------------------------------------------------------- the worker

    async def start_worker(self) -> None:
        self._process = self._launch()
        await self._until_ready()

    def signal_worker(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def exit_status(self, limit_s: float = 10.0) -> int:
        """Wait for the worker to leave by itself."""
        assert self._process is not None
        return await asyncio.to_thread(self._process.wait, limit_s)

    @property
    def worker(self) -> psutil.Process:
        assert self._process is not None
        return psutil.Process(self._process.pid)

    @property
    def log_path(self) -> Path:
        return self.directory / "worker.log"

    @property
    def spool(self) -> Path:
        return self.directory / "spool"

    def _launch(self) -> subprocess.Popen[bytes]:
        with self.log_path.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "worker"], cwd=ROOT, env=self._environment(), stdout=log, stderr=log
            )

    async def _until_ready(self) -> None:
        assert self._process is not None
        deadline = asyncio.get_running_loop().time() + READY_WITHIN_S
        async with aiohttp.ClientSession() as http:
            while asyncio.get_running_loop().time() < deadline and self._process.poll() is None:
                try:
                    async with http.get(f"http://127.0.0.1:{self.health_port}/readyz") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.05)
        raise AssertionError(f"the worker is not ready:\n{self.log_path.read_text()[-3000:]}")

    def _environment(self) -> dict[str, str]:
        inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV") if name in os.environ}
        return {
            **inherited,
            "LIVEKIT_HOST": self.livekit.url,
            "LIVEKIT_API_KEY": self.livekit.api_key,
            "LIVEKIT_API_SECRET": self.livekit.api_secret,
            "VOICE_WORKER_TOKEN": self.control.token,
            "VOICE_API_URL": self.control.url,
            "VOICE_WORKER_SLOTS": str(self.slots),
            "VOICE_WORKER_SPOOL_DIR": str(self.spool),
            "VOICE_WORKER_HEALTH_PORT": str(self.health_port),
            "OPENAI_API_KEY": "sk-of-the-tests",
            "OPENAI_BASE_URL": self.realtime.base_url,
            **self.environment,
        }

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

    async def people_in(self, held: HeldCall) -> list[str]:
        async with self._livekit_api() as server:
            room = self.control.calls[held].room_name
            answer = await server.room.list_participants(api.ListParticipantsRequest(room=room))
            return [participant.identity for participant in answer.participants]

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


async def until(what: str, condition: object, limit_s: float = 10.0) -> None:
    """Wait until `condition()` holds; says what did not come true."""
    assert callable(condition)
    deadline = asyncio.get_running_loop().time() + limit_s
    while not condition():
        assert asyncio.get_running_loop().time() < deadline, f"within {limit_s} s it did not come true that {what}"
        await asyncio.sleep(0.01)
