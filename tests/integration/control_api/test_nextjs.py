"""docs/nextjs.md: requests as the rewrite of Next.js passes them on."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from control_api.settings import load_settings
from control_api.wiring import running_app
from tests.fakes.clerk import ISSUER, PARTY, claims, mint, pem_of, rsa_key
from tests.support.api_client import SESSION

DOCUMENT = Path(__file__).parents[3] / "docs" / "nextjs.md"


@pytest.fixture
async def next_js(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx2.AsyncClient]:
    """What the API hears when a page of `PARTY` asks: the browser's headers, with a ``Host`` of the API."""
    environment = {
        "CLERK_ISSUER": ISSUER,
        "CLERK_JWT_KEY": pem_of(rsa_key("first")),
        "CLERK_AUTHORIZED_PARTIES": f"{PARTY},http://localhost:3000",
        "VOICE_TRUSTED_PROXIES": "127.0.0.0/8",
        "VOICE_DATABASE_URL": f"sqlite:///{tmp_path}/voice.db",
        "VOICE_ENV": "production",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    headers = {
        "Cookie": f"theme=dark; __session={mint(claims(time.time()))}",
        "X-Forwarded-Host": PARTY.removeprefix("https://"),
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Proto": "https",
    }
    async with running_app(load_settings()) as app:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://voice-api:8080", headers=headers) as http:
            yield http


@pytest.mark.parametrize("origin", [PARTY, "http://localhost:3000"])
async def test_a_page_reads_and_writes_with_the_cookie(next_js: httpx2.AsyncClient, origin: str) -> None:
    assert (await next_js.get(SESSION)).status_code == 200
    answer = await next_js.post(SESSION, json={}, headers={"Origin": origin})
    # It came through to the use case, which has no LiveKit here.
    assert (answer.status_code, answer.json()["details"]["code"]) == (503, "livekit_not_configured")


@pytest.mark.parametrize("origin", [None, "https://evil.example", "http://voice-api:8080", "http://localhost:3001"])
async def test_other_pages_do_not_write(next_js: httpx2.AsyncClient, origin: str | None) -> None:
    headers = {} if origin is None else {"Origin": origin}
    for method in ("POST", "PATCH", "DELETE"):
        answer = await next_js.request(method, SESSION, headers=headers)
        assert answer.status_code == 403, (method, origin)


async def test_a_server_component_needs_no_origin(next_js: httpx2.AsyncClient) -> None:
    bearer = {"Authorization": f"Bearer {mint(claims(time.time()))}", "Cookie": ""}
    assert (await next_js.post(SESSION, json={}, headers=bearer)).status_code == 503


def test_the_document_rewrites_the_path_that_is_served_and_nothing_internal() -> None:
    text = DOCUMENT.read_text()
    assert "source: '/api/voice/:path*'" in text
    assert "/api/voice/:path*`" in text
    assert "source: '/internal" not in text
