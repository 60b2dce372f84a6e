"""A small server that speaks LiveKit's Egress API (Twirp over protobuf), without a browser behind it.

What it answers and what becomes of an egress is for the test to say: `becomes` sets a status, `refuse` makes the next
request of a method fail, `hang` lets all of them wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import jwt
from aiohttp import web
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message
from livekit import api

from scripts.dev.free_ports import free_port

KEY = "devkey"
SECRET = "s" * 40
RUNNING = (api.EgressStatus.EGRESS_STARTING, api.EgressStatus.EGRESS_ACTIVE, api.EgressStatus.EGRESS_ENDING)
TWIRP_STATUS = {
    "not_found": 404,
    "failed_precondition": 412,
    "unavailable": 503,
    "internal": 500,
    "unauthenticated": 401,
}


@dataclass
class EgressServer:
    port: int = field(default_factory=free_port)
    egresses: dict[str, api.EgressInfo] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    """method -> the Twirp code of the next answer"""
    lose_answer: bool = False
    """The next egress is started, and nobody is told."""
    hang: asyncio.Event | None = None
    _numbers: Any = field(default_factory=lambda: count(1))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def becomes(self, external_id: str, status: str, *, size_bytes: int = 0, seconds: float = 0.0) -> api.EgressInfo:
        """`seconds`: how long what it has written plays."""
        info = self.egresses[external_id]
        info.status = api.EgressStatus.Value(status)  # type: ignore[assignment]
        if size_bytes:
            del info.file_results[:]
            filename = info.room_composite.file_outputs[0].filepath
            file = info.file_results.add(filename=filename, size=size_bytes, duration=int(seconds * 1e9))
            file.started_at = info.started_at
        return info

    def webhook(self, event: str, external_id: str) -> dict[str, Any]:
        """As LiveKit sends it."""
        return {
            "event": event,
            "id": f"EV_{event}_{external_id}",
            "egressInfo": MessageToDict(self.egresses[external_id]),
        }

    async def serve(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.requests.append(method)
        _check_token(request.headers.get("Authorization", ""))
        if self.hang is not None:
            await self.hang.wait()
        code = self.refusals.pop(method, None)
        if code is not None:
            return web.json_response({"code": code, "msg": "asked to fail"}, status=TWIRP_STATUS[code])
        body = await request.read()
        answer = getattr(self, f"_{method}")(body)
        if isinstance(answer, str):
            return web.json_response({"code": answer, "msg": ""}, status=TWIRP_STATUS[answer])
        if method.startswith("Start") and self.lose_answer:
            self.lose_answer = False
            return web.json_response({"code": "unavailable", "msg": ""}, status=503)
        return web.Response(body=answer.SerializeToString(), content_type="application/protobuf")

    def _StartRoomCompositeEgress(self, body: bytes) -> Message:
        request = api.RoomCompositeEgressRequest.FromString(body)
        external_id = f"EG_theirs{next(self._numbers)}"
        info = api.EgressInfo(egress_id=external_id, room_name=request.room_name, started_at=1_700_000_000 * 10**9)
        info.room_composite.CopyFrom(request)
        self.egresses[external_id] = info
        return info

    def _StopEgress(self, body: bytes) -> Message | str:
        info = self.egresses.get(api.StopEgressRequest.FromString(body).egress_id)
        if info is None:
            return "not_found"
        if info.status not in RUNNING:
            return "failed_precondition"
        info.status = api.EgressStatus.EGRESS_ENDING
        return info

    def _ListEgress(self, body: bytes) -> Message:
        request = api.ListEgressRequest.FromString(body)
        found = [
            info
            for info in self.egresses.values()
            if (not request.egress_id or info.egress_id == request.egress_id)
            and (not request.active or info.status in RUNNING)
        ]
        return api.ListEgressResponse(items=found)


def _check_token(authorization: str) -> None:
    claims = jwt.decode(authorization.removeprefix("Bearer "), SECRET, algorithms=["HS256"], issuer=KEY)
    assert claims["video"]["roomRecord"] is True


@asynccontextmanager
async def running_egress() -> AsyncIterator[EgressServer]:
    server = EgressServer()
    app = web.Application()
    app.router.add_post("/twirp/livekit.Egress/{method}", server.serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", server.port).start()
        yield server
    finally:
        if server.hang is not None:
            server.hang.set()
        await runner.cleanup()
