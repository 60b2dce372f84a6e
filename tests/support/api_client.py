"""The whole application in this process, over fakes, spoken to by HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx2
from starlette.types import ASGIApp

from control_api.adapters.memory_rate_window import MemoryRateWindow
from control_api.app import Access, build_app
from control_api.limits import Limits
from control_api.ports import Credential, NotSignedIn, SignedIn, SignInVerifier
from control_api.rate_classes import RatePolicies, RatePolicy
from control_api.records import Call
from control_api.services.rate_limiter import RateLimiter
from control_api.services.realtime import RealtimeSessions
from control_api.services.recordings import RecordingBackend
from control_api.token_costs import TokenCosts
from control_api.wiring import build_services
from shared.model_defaults import DEFAULT_PROMPT
from tests.support.calls import ADMIN, ANN, BOB, CARL
from tests.support.control_api_parts import Parts, parts
from tests.support.documented import published

WORKER_TOKEN = "w" * 40
SESSION = "/api/voice/session"
TOKEN = "/api/voice/token"
AGENT = "/api/voice/agent"
REALTIME = "/api/voice/realtime"
RECORDING = "/api/voice/recording"
TRANSCRIPT = "/api/voice/session/transcript"
ERASURE = "/api/voice/erasure"
_MANY = RatePolicy(100_000, 3600)
UNLIMITED = RatePolicies(_MANY, _MANY, _MANY, _MANY, _MANY)
"""For tests that are about something else."""


@dataclass
class FakeSignIn(SignInVerifier):
    """A token is a name."""

    users: dict[str, SignedIn] = field(default_factory=lambda: {"ann": ANN, "bob": BOB, "carl": CARL, "root": ADMIN})

    async def verify(self, credential: Credential) -> SignedIn:
        if credential.token not in self.users:
            raise NotSignedIn
        return self.users[credential.token]

    async def aclose(self) -> None:
        return


@dataclass
class Api:
    parts: Parts
    http: httpx2.AsyncClient
    app: ASGIApp

    async def request(
        self, method: str, path: str = SESSION, *, user: str | None = "ann", **more: Any
    ) -> httpx2.Response:
        headers = dict(more.pop("headers", {}))
        if user is not None:
            headers["Authorization"] = f"Bearer {user}"
        answer = await self.http.request(method, path, headers=headers, **more)
        published().check(method, answer.request.url.path, answer.status_code, answer.headers, answer.content)
        return answer

    async def post(self, body: Any = None, **more: Any) -> httpx2.Response:
        return await self.request("POST", json={} if body is None else body, **more)

    async def opened(self, **body: Any) -> dict[str, Any]:
        answer = await self.post(body)
        assert answer.status_code == 200, answer.text
        session: dict[str, Any] = answer.json()["session"]
        return session

    async def called(self, name: str = "r1", **body: Any) -> Call:
        """The stored call behind `opened`."""
        session = await self.opened(roomName=name, **body)
        return await self.parts.call(session["callId"])

    async def shown(self, room_name: str = "r1", *, user: str = "ann") -> dict[str, Any]:
        answer = await self.request("GET", params={"roomName": room_name}, user=user)
        assert answer.status_code == 200, answer.text
        session: dict[str, Any] = answer.json()["session"]
        return session

    async def worker(self, path: str, body: Any) -> httpx2.Response:
        return await self.request("POST", path, user=WORKER_TOKEN, json=body)


@asynccontextmanager
async def an_api(
    limits: Limits | None = None,
    *,
    has_livekit: bool = True,
    policies: RatePolicies = UNLIMITED,
    cors_origins: Sequence[str] = (),
    recording: RecordingBackend | None = None,
    costs: TokenCosts | None = None,
    transcriber: str | None = None,
) -> AsyncIterator[Api]:
    p = parts(limits, recording)
    services = p.services if costs is None else replace(p.services, costs=costs)
    if transcriber is not None:
        services = replace(services, realtime=RealtimeSessions(p.store, services.workers, DEFAULT_PROMPT, transcriber))
    if not has_livekit:
        services, _ = build_services(p.store, None, limits or Limits(), p.clock)
    limiter = RateLimiter(policies, MemoryRateWindow(), p.clock)
    access = Access(FakeSignIn(), WORKER_TOKEN, limiter, ["http://api.example"], cors_origins=cors_origins)
    app = build_app(services, access)
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://api.example") as http:
        yield Api(p, http, app)
        await p.closed()
        await p.closer.aclose()


def error_of(answer: Any) -> tuple[int, str, str]:
    """(status, error, code), of a body that is whole."""
    body = answer.json()
    assert set(body) == {"error", "message", "details"}
    assert body["details"]["requestId"] == answer.headers["X-Request-Id"]
    return answer.status_code, body["error"], body["details"]["code"]
