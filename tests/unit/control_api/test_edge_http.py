"""Who may read our answers in a browser, and that nobody on the way keeps them."""

from __future__ import annotations

import pytest

from control_api.settings import load_settings
from shared.env import SettingsError
from tests.support.api_client import SESSION, an_api

PAGE = "https://app.example"
PREFLIGHT = {"Origin": PAGE, "Access-Control-Request-Method": "POST"}


async def test_without_a_list_no_origin_is_allowed() -> None:
    async with an_api() as api:
        answer = await api.http.options(SESSION, headers=PREFLIGHT)
        assert answer.status_code == 401
        answer = await api.request("GET", headers={"Origin": PAGE})
        assert [name for name in answer.headers if name.startswith("access-control")] == []


async def test_a_listed_origin_may_call_and_read_our_headers() -> None:
    async with an_api(cors_origins=[PAGE]) as api:
        wanted = PREFLIGHT | {"Access-Control-Request-Headers": "authorization, idempotency-key, content-type"}
        answer = await api.http.options(SESSION, headers=wanted)
        assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, PAGE)
        assert "idempotency-key" in answer.headers["Access-Control-Allow-Headers"].lower()
        answer = await api.request("GET", headers={"Origin": PAGE})
        assert answer.headers["Access-Control-Allow-Origin"] == PAGE
        assert "X-RateLimit-Remaining" in answer.headers["Access-Control-Expose-Headers"]
        refused = await api.request("GET", user=None, headers={"Origin": PAGE})
        assert (refused.status_code, refused.headers["Access-Control-Allow-Origin"]) == (401, PAGE)


@pytest.mark.parametrize(
    "origin", ["https://app.example.evil", "http://app.example", "https://app.example:444", "null"]
)
async def test_other_origins_are_not_let_in_by_a_list(origin: str) -> None:
    async with an_api(cors_origins=[PAGE]) as api:
        answer = await api.http.options(SESSION, headers=PREFLIGHT | {"Origin": origin})
        assert answer.status_code == 400
        answer = await api.request("GET", headers={"Origin": origin})
        assert "Access-Control-Allow-Origin" not in answer.headers


async def test_a_listed_origin_does_not_write_with_the_cookie() -> None:
    async with an_api(cors_origins=[PAGE]) as api:
        answer = await api.http.post(SESSION, headers={"Cookie": "__session=ann", "Origin": PAGE}, json={})
        assert answer.status_code == 403
        assert api.parts.store.state.calls == {}


async def test_no_answer_may_be_kept_on_the_way() -> None:
    async with an_api() as api:
        for answer in (
            await api.post({}),
            await api.request("GET"),
            await api.post({"voice": "darth"}),
            await api.request("GET", user=None),
            await api.request("GET", "/healthz", user=None),
            await api.request("GET", "/nowhere"),
        ):
            assert answer.headers.get_list("Cache-Control") == ["no-store"], answer.request.url


def test_the_list_is_of_exact_origins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VOICE_CORS_ORIGINS", "https://App.example/, http://localhost:3000")
    assert load_settings().cors_origins == ("https://app.example", "http://localhost:3000")
    for wrong in ("*", "app.example", "https://app.example/page", "null"):
        monkeypatch.setenv("VOICE_CORS_ORIGINS", wrong)
        with pytest.raises(SettingsError) as error:
            load_settings()
        assert "VOICE_CORS_ORIGINS" in str(error.value)
