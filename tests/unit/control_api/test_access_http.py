"""Limits and sign-in as a client of the whole application meets them."""

from __future__ import annotations

from typing import Any

import pytest

from control_api.rate_classes import RatePolicies, RatePolicy
from tests.fakes.clock import START_MS
from tests.support.api_client import SESSION, Api, an_api

SMALL = RatePolicies(session=RatePolicy(2, 3600), read=RatePolicy(3, 900), admin_read=RatePolicy(5, 900))
HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


async def room_of(api: Api) -> str:
    return str((await api.opened())["roomName"])


ANSWERS: dict[int, dict[str, Any]] = {
    200: {"method": "GET"},
    400: {"method": "GET", "params": {"limit": "x"}},
    401: {"method": "GET", "user": None},
    403: {"method": "POST", "user": None, "headers": {"Cookie": "__session=ann", "Origin": "https://evil.example"}},
    404: {"method": "GET", "params": {"roomName": "none"}},
    405: {"method": "PUT"},
    413: {"method": "POST", "content": b"x" * 2_000_000},
    415: {"method": "POST", "content": b"x", "headers": {"Content-Type": "text/plain"}},
}


@pytest.mark.parametrize("status", ANSWERS)
async def test_every_answer_of_a_limited_route_has_the_headers(status: int) -> None:
    request = dict(ANSWERS[status])
    async with an_api(policies=SMALL) as api:
        answer = await api.request(request.pop("method"), **request)
        assert answer.status_code == status
        for name in HEADERS:
            assert answer.headers.get_list(name), name
            assert len(answer.headers.get_list(name)) == 1
        assert START_MS // 1000 < int(answer.headers["X-RateLimit-Reset"]) <= START_MS // 1000 + 3600
        assert answer.headers["X-Request-Id"]


async def test_the_third_session_of_an_hour_is_refused_before_anything_is_made() -> None:
    async with an_api(policies=SMALL) as api:
        await room_of(api)
        await room_of(api)
        refused = await api.post()
        assert refused.status_code == 429
        body = refused.json()
        assert body.pop("details") == {"code": "rate_limited", "requestId": refused.headers["X-Request-Id"]}
        assert body == {
            "error": "Too many requests",
            "message": "Please try again later",
            "retryAfter": 3600,
            "limit": 2,
            "remaining": 0,
            "reset": START_MS // 1000 + 3600,
        }
        assert refused.headers["Retry-After"] == "3600"
        assert len(api.parts.store.state.calls) == 2


async def test_an_end_is_never_refused() -> None:
    async with an_api(policies=SMALL) as api:
        first, second = await room_of(api), await room_of(api)
        for _ in range(5):
            last = await api.request("GET")
        assert last.status_code == 429
        assert (await api.request("DELETE", params={"roomName": first})).status_code == 200
        ended = {"roomName": second, "status": "completed"}
        assert (await api.request("PATCH", json=ended)).status_code == 200
        noted = {"roomName": second, "metadata": {"a": 1}}
        assert (await api.request("PATCH", json=noted)).status_code == 429


async def test_admins_read_more() -> None:
    async with an_api(policies=SMALL) as api:
        statuses = [(await api.request("GET", user="root")).status_code for _ in range(6)]
        assert statuses == [200] * 5 + [429]


async def test_what_is_public_or_internal_has_no_limit() -> None:
    async with an_api(policies=SMALL) as api:
        for _ in range(10):
            healthy = await api.request("GET", "/healthz", user=None)
            internal = await api.worker("/internal/reports", {})
        assert healthy.status_code == 200
        assert internal.status_code == 400
        assert not any(name in answer.headers for name in HEADERS for answer in (healthy, internal))


COOKIE = {"Cookie": "__session=ann"}


@pytest.mark.parametrize("origins", [[], ["null"], ["https://evil.example"], ["http://api.example.evil.example"]])
async def test_a_cookie_writes_only_from_our_pages(origins: list[str]) -> None:
    async with an_api() as api:
        fields = [("Cookie", "__session=ann"), *(("Origin", origin) for origin in origins)]
        for method in ("POST", "PATCH", "DELETE"):
            answer = await api.http.request(method, SESSION, headers=fields)
            assert (answer.status_code, answer.json()["details"]["code"]) == (403, "forbidden")
        assert api.parts.store.state.calls == {}


async def test_a_cookie_reads_from_anywhere_and_a_bearer_token_writes_from_anywhere() -> None:
    async with an_api() as api:
        foreign = {"Origin": "https://evil.example"}
        assert (await api.http.get(SESSION, headers=COOKIE | foreign)).status_code == 200
        assert (await api.post(headers=COOKIE | foreign)).status_code == 200


async def test_two_session_cookies_are_nobody() -> None:
    async with an_api() as api:
        answer = await api.http.get(SESSION, headers={"Cookie": "__session=ann; __session=bob"})
        assert answer.status_code == 401
