"""Somebody at the other end: agents are brought to the calls that the fuzzer opens, and callers come into some rooms.

Without them it would only ever see calls that wait.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing, suppress
from dataclasses import dataclass, field

import httpx2
from livekit import api, rtc

from shared.call_report import AgentJoined
from tests.support.api_process import ApiProcess
from tests.support.livekit_server import LiveKitServer
from tests.support.worker_double import WorkerDouble

LOOK_EVERY_S = 0.3
MOST_CALLERS = 3
_OPEN = "SELECT id, agent_epoch, room_name, caller_id, agent_state FROM calls WHERE status IN ('ringing', 'connected')"


@dataclass
class Inhabitants:
    target: ApiProcess
    livekit: LiveKitServer
    worker: WorkerDouble
    callers: dict[str, rtc.Room] = field(default_factory=dict)

    async def live(self) -> None:
        """Until it is cancelled."""
        try:
            while True:
                await self._look()
                await asyncio.sleep(LOOK_EVERY_S)
        finally:
            for room in self.callers.values():
                await room.disconnect()

    async def _look(self) -> None:
        with closing(sqlite3.connect(f"file:{self.target.database}?mode=ro", uri=True)) as database:
            calls = database.execute(_OPEN).fetchall()
        for call_id, epoch, _, _, agent_state in calls:
            if agent_state == "pending":
                await self._bring_agent(call_id, epoch)
        self.callers = {call_id: room for call_id, room in self.callers.items() if room.isconnected()}
        for call_id, _, room_name, caller_id, _ in calls:
            if len(self.callers) < MOST_CALLERS and call_id not in self.callers:
                await self._bring_caller(call_id, room_name, caller_id)

    async def _bring_agent(self, call_id: str, epoch: int) -> None:
        # The fuzzer may have ended the call since, or be at it.
        with suppress(AssertionError, httpx2.TransportError):
            await self.worker.claim(call_id, epoch)
            await self.worker.report(call_id, AgentJoined())

    async def _bring_caller(self, call_id: str, room_name: str, caller_id: str) -> None:
        token = api.AccessToken(self.livekit.api_key, self.livekit.api_secret).with_identity(caller_id)
        room = rtc.Room()
        with suppress(rtc.ConnectError):
            await room.connect(
                self.livekit.url, token.with_grants(api.VideoGrants(room_join=True, room=room_name)).to_jwt()
            )
            self.callers[call_id] = room
