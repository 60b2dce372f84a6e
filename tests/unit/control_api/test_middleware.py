from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import date

import pytest

from control_api.token_costs import TokenCosts
from shared import model_names
from shared.call_report import PATH as REPORTS
from shared.claims import PATH as CLAIMS
from shared.worker_link import PATH as LINK
from tests.fakes.livekit_gateway import FakeWebhookVerifier
from tests.support.api_client import SESSION, WORKER_TOKEN, an_api

WEBHOOK = "/api/voice/webhook"


async def test_nothing_is_let_in_without_a_token_but_what_is_public() -> None:
    async with an_api() as api:
        for path in (
            SESSION,
            CLAIMS,
            REPORTS,
            LINK,
            "/consol",
            "/assets",
            "/api/voice/other",
            "/healthz/x",
            "/internal/",
            "/docs",
        ):
            for method in ("GET", "POST", "DELETE", "PATCH", "OPTIONS"):
                answer = await api.request(method, path, user=None)
                assert (answer.status_code, answer.content) == (401, b'{"error":"Unauthorized"}'), (method, path)
        assert (await api.request("GET", "/healthz", user=None)).status_code == 200
        assert (await api.request("GET", "/readyz", user=None)).status_code == 200
        assert (await api.request("GET", "/", user=None)).status_code == 503  # not built, in this process


@pytest.mark.parametrize("header", ["Bearer nobody", "Bearer", "Basic ann", "ann", "Bearer ann ann"])
async def test_a_wrong_token_is_401(header: str) -> None:
    async with an_api() as api:
        answer = await api.http.get(SESSION, headers={"Authorization": header})
        assert (answer.status_code, answer.content) == (401, b'{"error":"Unauthorized"}')


async def test_users_are_no_workers_and_workers_no_users() -> None:
    async with an_api() as api:
        assert (await api.request("POST", CLAIMS, user="ann", json={})).status_code == 401
        assert (await api.request("GET", SESSION, user=WORKER_TOKEN)).status_code == 401
        assert (await api.request("POST", CLAIMS, user=WORKER_TOKEN + "x", json={})).status_code == 401
        assert (await api.request("POST", CLAIMS, user=WORKER_TOKEN, json={})).status_code == 400


async def test_the_session_cookie_signs_in_but_writes_only_from_our_own_pages() -> None:
    async with an_api() as api:
        cookie = {"Cookie": "other=1; __session=ann"}
        assert (await api.http.get(SESSION, headers=cookie)).status_code == 200
        foreign = cookie | {"Origin": "https://evil.example"}
        assert (await api.http.get(SESSION, headers=foreign)).status_code == 200
        assert (await api.http.post(SESSION, headers=foreign, json={})).status_code == 403
        assert api.parts.store.state.calls == {}
        own = cookie | {"Origin": "http://api.example"}
        assert (await api.http.post(SESSION, headers=own, json={})).status_code == 200


@pytest.mark.parametrize(
    ("cookies", "status"),
    [
        ("__session=ann; __session=ann", 200),
        ("__session=; __session=ann", 200),
        ("__session=old; __session=ann", 200),
        ("__session=ann; __session=bob", 401),
        ("__session=old; __session=older", 401),
    ],
)
async def test_of_several_session_cookies_those_that_are_good_must_be_of_one_person(cookies: str, status: int) -> None:
    async with an_api() as api:
        assert (await api.http.get(SESSION, headers={"Cookie": cookies})).status_code == status
        foreign = {"Cookie": cookies, "Origin": "https://evil.example"}
        assert (await api.http.post(SESSION, headers=foreign, json={})).status_code == 403


@pytest.mark.parametrize(
    ("given", "is_kept"), [("req-12345678", True), ("x", False), ("a b c d e f g", False), ("x" * 65, False)]
)
async def test_every_answer_has_a_request_id(given: str, *, is_kept: bool) -> None:
    async with an_api() as api:
        for path, user in ((SESSION, "ann"), (SESSION, None), ("/healthz", None), ("/nowhere", "ann")):
            answer = await api.request("GET", path, user=user, headers={"X-Request-Id": given})
            assert (answer.headers["X-Request-Id"] == given) is is_kept
            assert answer.headers["X-Request-Id"]


async def test_a_body_is_refused_while_it_streams() -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while sent < 100:
            sent += 1
            yield b"x" * 65_536

    async with an_api() as api:
        for path in (SESSION, WEBHOOK):
            sent = 0
            headers = (
                {"Content-Type": "application/webhook+json"}
                if path == WEBHOOK
                else {"Content-Type": "application/json"}
            )
            answer = await api.request("POST", path, content=endless(), headers=headers)
            assert (answer.status_code, answer.json()["details"]["code"]) == (413, "body_too_large")
            assert answer.json()["error"] == "Payload Too Large"


async def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    async with an_api() as api:
        answer = await api.request("POST", content=b"{}", headers={"Content-Length": str(2 * 1024 * 1024)})
        assert answer.status_code == 413


async def test_a_webhook_is_kept_once_and_answered() -> None:
    async with an_api() as api:
        body = json.dumps(
            {"event": "room_started", "id": "EV_1", "room": {"sid": "RM_1", "name": "r", "turnPassword": "x"}}
        )
        headers = {"Content-Type": "application/webhook+json", "Authorization": FakeWebhookVerifier.SIGNATURE}
        for _ in range(3):
            answer = await api.http.post(WEBHOOK, content=body, headers=headers)
            assert (answer.status_code, answer.json()) == (200, {"received": True, "event": "room_started"})
        (event,) = api.parts.store.state.inbox.values()
        assert "turnPassword" not in json.dumps(dict(event.payload))


@pytest.mark.parametrize(
    ("content", "headers", "status", "code"),
    [
        (b"{}", {"Authorization": "signed", "Content-Type": "text/plain"}, 415, "unsupported_media_type"),
        (b"{", {"Authorization": "signed"}, 400, "invalid_json"),
        (b"[]", {"Authorization": "signed"}, 400, "invalid_request"),
        (b'{"event": 5}', {"Authorization": "signed"}, 400, "invalid_request"),
    ],
)
async def test_a_webhook_that_is_wrong_writes_nothing(
    content: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    async with an_api() as api:
        answer = await api.http.post(
            WEBHOOK, content=content, headers={"Content-Type": "application/webhook+json"} | headers
        )
        assert (answer.status_code, answer.json()["details"]["code"]) == (status, code)
        assert api.parts.store.state.inbox == {}


@pytest.mark.parametrize("headers", [{"Authorization": "forged"}, {}])
async def test_a_webhook_that_is_not_signed_gets_the_contracts_401_and_writes_nothing(headers: dict[str, str]) -> None:
    async with an_api() as api:
        answer = await api.http.post(
            WEBHOOK, content=b"{}", headers={"Content-Type": "application/webhook+json"} | headers
        )
        assert (answer.status_code, answer.content) == (401, b'{"error":"Unauthorized"}')
        assert api.parts.store.state.inbox == {}


async def test_an_event_we_do_not_know_is_received_and_not_kept() -> None:
    async with an_api() as api:
        headers = {"Content-Type": "application/webhook+json", "Authorization": "signed"}
        answer = await api.http.post(WEBHOOK, content=b'{"event": "ingress_started", "id": "EV_1"}', headers=headers)
        assert (answer.status_code, api.parts.store.state.inbox) == (200, {})


@pytest.mark.parametrize(
    ("livekit_is_ahead_s", "degraded"),
    [(29.0, {}), (-29.0, {}), (31.0, {"clock": "behind_livekit"}), (-31.0, {"clock": "ahead_of_livekit"})],
)
async def test_ready_says_that_the_clocks_differ(livekit_is_ahead_s: float, degraded: dict[str, str]) -> None:
    async with an_api() as api:
        api.parts.gateway.clock_is_ahead_s = livekit_is_ahead_s
        answer = await api.request("GET", "/readyz", user=None)
        assert (answer.status_code, answer.json()["degraded"]) == (200, degraded)


async def test_ready_says_that_the_model_is_shut_down_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_names, "SHUTDOWNS", {"old-model": date(2023, 12, 24)})
    for model, degraded in (("old-model-2022-01-01", {"model": "ends_2023-12-24"}), ("another", {})):
        async with an_api(costs=TokenCosts(default_model=model)) as api:
            answer = await api.request("GET", "/readyz", user=None)
            assert (answer.status_code, answer.json()["degraded"]) == (200, degraded)


async def test_ready_says_what_is_missing_by_name() -> None:
    async with an_api() as api:
        answer = await api.request("GET", "/readyz", user=None)
        assert (answer.status_code, answer.json()) == (
            200,
            {"status": "ready", "reasons": {}, "degraded": {}, "workers": {"seen": 0, "freeSlots": 0}},
        )
        api.parts.gateway.down = True
        api.parts.store.fail_next = OSError("disk full")
        answer = await api.request("GET", "/readyz", user=None)
        assert (answer.status_code, answer.json()["reasons"]) == (
            503,
            {"database": "unusable", "livekit": "unreachable"},
        )
    async with an_api(has_livekit=False) as api:
        answer = await api.request("GET", "/readyz", user=None)
        assert (answer.status_code, answer.json()["reasons"]) == (503, {"livekit": "not_configured"})
        assert (await api.request("GET", "/healthz", user=None)).json() == {"status": "ok"}
