"""Every answer of a limited route has the headers, every request is counted once, whoever answers it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from control_api.adapters.memory_rate_window import MemoryRateWindow
from control_api.http_errors import error_response
from control_api.middleware.client import ClientOf
from control_api.middleware.rate_limit import RateCharge, RateLimit, rate_ticket
from control_api.middleware.scope import set_request_id, set_signed_in
from control_api.ports import SignedIn
from control_api.rate_classes import CHANGE, FREE, READ, SESSION, TOKEN, RateFacts, RatePolicies, RatePolicy
from control_api.services.rate_limiter import RateLimiter
from shared.errors import VoiceError
from shared.ids import Identity
from tests.fakes.clock import START_MS, FakeClock

RULES = {
    ("POST", "/api/voice/session"): SESSION,
    ("GET", "/api/voice/session"): READ,
    ("POST", "/api/voice/token"): TOKEN,
    ("PATCH", "/api/voice/session"): CHANGE,
    ("DELETE", "/api/voice/session"): FREE,
    ("POST", "/api/voice/webhook"): FREE,
}
POLICIES = RatePolicies(
    session=RatePolicy(2, 3600),
    realtime=RatePolicy(3, 3600),
    recording=RatePolicy(2, 3600),
    read=RatePolicy(4, 900),
    admin_read=RatePolicy(6, 900),
)
Handler = Callable[[Request], Awaitable[Response]]


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str:
        found = [value for key, value in self.headers if key == name]
        assert len(found) == 1, f"{name}: {found}"
        return found[0]

    @property
    def names(self) -> set[str]:
        return {key for key, _ in self.headers}

    @property
    def remaining(self) -> int:
        return int(self.header("x-ratelimit-remaining"))


async def ok(_: Request) -> Response:
    return JSONResponse({"ok": True})


def answers(status: int) -> Handler:
    async def handler(_: Request) -> Response:
        return JSONResponse({"status": status}, status)

    return handler


def charges(facts: RateFacts) -> Handler:
    async def handler(request: Request) -> Response:
        await rate_ticket(request.scope).charge(facts)
        return JSONResponse({"ok": True})

    return handler


class SignIn:
    """Stands where the sign-in does: 401 without a user, else the user's name is the token."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        user = dict(scope["headers"]).get(b"authorization", b"").decode()
        if not user and scope["path"] != "/api/voice/webhook":
            await Response("", 401)(scope, receive, send)
            return
        set_signed_in(scope, SignedIn(Identity(user), None, is_admin=user == "admin"))
        await self._app(scope, receive, send)


@dataclass
class Api:
    handler: Handler = ok
    clock: FakeClock = field(default_factory=FakeClock)
    reached: int = 0

    def __post_init__(self) -> None:
        self.limiter = RateLimiter(POLICIES, MemoryRateWindow(), self.clock)
        behind = SignIn(RateCharge(self._route))
        self.app = RateLimit(behind, limiter=self.limiter, rules=RULES, client=ClientOf())

    async def _route(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.reached += 1
        try:
            response = await self.handler(Request(scope, receive))
        except VoiceError as error:
            response = error_response(error, request_id="request-1")
        await response(scope, receive, send)

    async def ask(
        self, method: str = "GET", path: str = "/api/voice/session", *, user: str = "alice", **headers: str
    ) -> Answer:
        fields = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        if user:
            fields.append((b"authorization", user.encode()))
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "method": method,
            "path": path,
            "headers": fields,
            "query_string": b"",
            "client": ("192.0.2.7", 1234),
        }
        set_request_id(scope, "request-1")
        return await self._collect(scope)

    async def _collect(self, scope: Scope) -> Answer:
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        assert [message["type"] for message in sent].count("http.response.start") == 1
        headers = [(name.decode(), value.decode()) for name, value in sent[0]["headers"]]
        return Answer(sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]))


async def test_an_answer_has_the_headers() -> None:
    api = Api()
    answer = await api.ask()
    assert answer.header("x-ratelimit-limit") == "4"
    assert answer.header("x-ratelimit-remaining") == "3"
    assert answer.header("x-ratelimit-reset") == str(START_MS // 1000 + 900)
    assert "retry-after" not in answer.names


async def test_the_body_of_a_refusal_has_exactly_the_contracts_keys_and_details() -> None:
    api = Api()
    for _ in range(2):
        assert (await api.ask("POST")).status == 200
    refused = await api.ask("POST")
    assert refused.status == 429
    assert refused.header("retry-after") == "3600"
    assert refused.header("x-ratelimit-remaining") == "0"
    body = json.loads(refused.body)
    assert body == {
        "error": "Too many requests",
        "message": "Please try again later",
        "retryAfter": 3600,
        "limit": 2,
        "remaining": 0,
        "reset": START_MS // 1000 + 3600,
        "details": {"code": "rate_limited", "requestId": "request-1"},
    }
    assert api.reached == 2


async def test_a_refused_post_reads_no_body_and_reaches_no_route() -> None:
    api = Api()
    for _ in range(5):
        await api.ask("POST")
    assert api.reached == 2


async def test_after_reset_one_passes_again() -> None:
    api = Api()
    for _ in range(3):
        refused = await api.ask("POST")
    await api.clock.advance(int(refused.header("retry-after")))
    assert (await api.ask("POST")).status == 200


async def test_users_are_counted_apart_and_admins_read_more() -> None:
    api = Api()
    statuses = {user: [(await api.ask(user=user)).status for _ in range(7)] for user in ("alice", "bob", "admin")}
    assert {user: of_user.count(200) for user, of_user in statuses.items()} == {"alice": 4, "bob": 4, "admin": 6}


async def test_who_is_not_signed_in_is_counted_by_address_as_a_reader() -> None:
    api = Api()
    answers_ = [await api.ask("POST", user="") for _ in range(6)]
    assert [one.status for one in answers_] == [401, 401, 401, 401, 429, 429]
    assert answers_[0].header("x-ratelimit-limit") == "4"
    assert (await api.ask("POST")).status == 200, "somebody who is signed in at the same address is not concerned"


async def test_a_forwarded_address_is_not_believed_by_default() -> None:
    api = Api()
    for number in range(4):
        await api.ask(user="", x_forwarded_for=f"198.51.100.{number}")
    assert (await api.ask(user="", x_forwarded_for="198.51.100.99")).status == 429


@pytest.mark.parametrize("path", ["/api/voice/webhook"])
async def test_public_routes_have_no_headers_and_no_limit(path: str) -> None:
    api = Api()
    answers_ = [await api.ask("POST", path, user="") for _ in range(20)]
    assert {one.status for one in answers_} == {200}
    assert not any(name.startswith("x-ratelimit") for one in answers_ for name in one.names)


async def test_ending_is_never_refused() -> None:
    api = Api()
    for _ in range(10):
        await api.ask()
    assert (await api.ask("DELETE")).status == 200
    api.handler = charges(RateFacts(ends=True))
    assert (await api.ask("PATCH")).status == 200


async def test_a_token_is_counted_as_what_it_turns_out_to_be() -> None:
    api = Api(charges(RateFacts(makes_call=True)))
    assert (await api.ask("POST", "/api/voice/token")).header("x-ratelimit-limit") == "2"
    api.handler = charges(RateFacts())
    assert (await api.ask("POST", "/api/voice/token")).header("x-ratelimit-limit") == "3"
    # Three joins are used up by two more; opening is not.
    for _ in range(2):
        await api.ask("POST", "/api/voice/token")
    assert (await api.ask("POST", "/api/voice/token")).status == 429
    api.handler = charges(RateFacts(makes_call=True))
    assert (await api.ask("POST", "/api/voice/token")).status == 200
    refused = await api.ask("POST", "/api/voice/token")
    assert (refused.status, refused.header("retry-after")) == (429, "3600")
    assert json.loads(refused.body)["limit"] == 2


async def test_a_replay_is_not_counted_and_the_first_use_of_its_key_is() -> None:
    api = Api()
    for _ in range(3):
        api.handler = charges(RateFacts(is_replay=True))
        assert (await api.ask("POST", idempotency_key="k")).status == 200
        api.handler = charges(RateFacts())
        last = await api.ask("POST", idempotency_key="k")
    assert last.status == 429


@pytest.mark.parametrize("status", [400, 403, 404, 409, 413])
async def test_a_flood_of_requests_that_fail_before_they_are_charged_is_refused(status: int) -> None:
    api = Api(answers(status))
    answers_ = [await api.ask("POST", "/api/voice/token") for _ in range(5)]
    assert [one.status for one in answers_] == [status] * 3 + [429] * 2
    assert answers_[-1].header("content-length") == str(len(answers_[-1].body))


@pytest.mark.parametrize("status", [200, 500, 503])
async def test_what_was_done_or_broke_is_told_even_over_the_limit(status: int) -> None:
    api = Api(answers(status))
    answers_ = [await api.ask("POST", "/api/voice/token") for _ in range(5)]
    assert {one.status for one in answers_} == {status}
    assert answers_[-1].remaining == 0
    assert "retry-after" not in answers_[-1].names


async def test_a_stream_counts_once() -> None:
    async def stream(_: Request) -> Response:
        async def chunks() -> Any:
            for _ in range(10):
                yield b"data\n"

        return StreamingResponse(chunks())

    api = Api(stream)
    answer = await api.ask()
    assert answer.body == b"data\n" * 10
    assert answer.remaining == 3


async def test_a_handler_that_charges_twice_pays_once() -> None:
    async def twice(request: Request) -> Response:
        await rate_ticket(request.scope).charge()
        await rate_ticket(request.scope).charge(RateFacts(makes_call=True))
        return Response("")

    answer = await Api(twice).ask("POST", "/api/voice/token")
    assert (answer.header("x-ratelimit-limit"), answer.remaining) == ("3", 2)
