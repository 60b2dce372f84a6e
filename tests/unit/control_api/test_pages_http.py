"""The pages and their files over HTTP, and the sign-in of development."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import unescape

import httpx2
import pytest

from control_api.adapters.memory_rate_window import MemoryRateWindow
from control_api.app import Access, build_app
from control_api.built_web import BuiltWeb, WebFile
from control_api.ports import TokenIssuer
from control_api.routes.dev_sign_in import PATH, is_our_page
from control_api.routes.pages import ClerkPage, Web
from control_api.services.rate_limiter import RateLimiter
from tests.support.api_client import UNLIMITED, FakeSignIn, error_of
from tests.support.control_api_parts import parts

TEMPLATE = '<meta name="voice-sign-in" content="{{sign-in}}"><meta name="voice-style-nonce" content="{{style-nonce}}">'
BUILT = BuiltWeb(
    {"/": TEMPLATE, "/console": TEMPLATE},
    {"a-1.js": WebFile(b"script", b"packed", "text/javascript; charset=utf-8"), "b.woff2": WebFile(b"f", None, "x/y")},
)
HERE = "http://127.0.0.1:8080"


class Issuer:
    def token(self, user_id: str, *, name: str | None, is_admin: bool) -> str:
        return f"{user_id}/{name}/{is_admin}"


@asynccontextmanager
async def pages(web: Web, issuer: TokenIssuer | None = None) -> AsyncIterator[httpx2.AsyncClient]:
    p = parts()
    access = Access(FakeSignIn(), None, RateLimiter(UNLIMITED, MemoryRateWindow(), p.clock), (), dev_issuer=issuer)
    app = build_app(p.services, access, web)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=HERE) as http:
        yield http
        await p.closed()
        await p.closer.aclose()


@pytest.mark.parametrize("path", ["/", "/console"])
async def test_a_page_needs_no_sign_in_and_is_not_kept(path: str) -> None:
    async with pages(Web(BUILT, "ws://127.0.0.1:7880")) as http:
        first, second = await http.get(path), await http.get(path)
    assert first.status_code == 200
    assert first.headers["Cache-Control"] == "no-store"
    assert "ws://127.0.0.1:7880" in first.headers["Content-Security-Policy"]
    nonces = [found for answer in (first, second) for found in re.findall(r"nonce-([\w-]{22})", str(answer.headers))]
    assert len(set(nonces)) == 2
    assert nonces[0] in first.text


@pytest.mark.parametrize(
    ("clerk", "sign_in"),
    [
        (None, {"kind": "development"}),
        (ClerkPage("https://clerk.app.example", None), {"kind": "cookie"}),
        (
            ClerkPage("https://clerk.app.example/", 'pk_"<>'),
            {"kind": "clerk", "scriptOrigin": "https://clerk.app.example", "publishableKey": 'pk_"<>'},
        ),
    ],
)
async def test_a_page_is_told_how_to_sign_in(clerk: ClerkPage | None, sign_in: dict[str, str]) -> None:
    async with pages(Web(BUILT, clerk=clerk)) as http:
        text = (await http.get("/")).text
    written = re.search(r'voice-sign-in" content="([^"]*)"', text)
    assert written is not None
    assert json.loads(unescape(written[1])) == sign_in


async def test_files_are_kept_for_good_and_sent_packed_to_who_takes_it() -> None:
    async with pages(Web(BUILT)) as http:
        plain = await http.get("/assets/a-1.js", headers={"Accept-Encoding": "identity"})
        packed = await http.head("/assets/a-1.js", headers={"Accept-Encoding": "br, gzip"})
        font = await http.get("/assets/b.woff2")
    assert (plain.content, plain.headers.get("Content-Encoding")) == (b"script", None)
    assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in font.headers


@pytest.mark.parametrize("name", ["none.js", "..%2f..%2fsettings.py", "a-1.js.gz", ""])
async def test_only_files_of_the_build_are_there(name: str) -> None:
    async with pages(Web(BUILT)) as http:
        assert error_of(await http.get(f"/assets/{name}"))[0] == 404


async def test_without_a_build_the_page_says_so() -> None:
    async with pages(Web()) as http:
        answer = await http.get("/")
    assert answer.status_code == 503
    assert "make run" in answer.text


# ---------------------------------------------------------------------------------------- the sign-in of development


async def test_our_own_page_may_sign_in() -> None:
    async with pages(Web(), Issuer()) as http:
        body = {"userId": "ann", "name": "Ann", "isAdmin": True}
        answer = await http.post(PATH, json=body, headers={"Origin": HERE})
    assert answer.json() == {"token": "ann/Ann/True"}


@pytest.mark.parametrize(
    "origin", [None, "http://evil.example", "http://127.0.0.1:9", "null", "https://127.0.0.1:8080"]
)
async def test_nobody_elses_page_may(origin: str | None) -> None:
    headers = {} if origin is None else {"Origin": origin}
    async with pages(Web(), Issuer()) as http:
        answer = await http.post(PATH, json={"userId": "ann"}, headers=headers)
    assert error_of(answer)[0] == 403


async def test_an_agents_id_is_nobodys() -> None:
    async with pages(Web(), Issuer()) as http:
        answer = await http.post(PATH, json={"userId": "ai-agent-0123456789ab"}, headers={"Origin": HERE})
    assert error_of(answer)[0] == 400


async def test_with_a_real_sign_in_there_is_no_such_path() -> None:
    async with pages(Web()) as http:
        answer = await http.post(PATH, json={"userId": "ann"}, headers={"Origin": HERE})
    assert error_of(answer)[0] == 404


@pytest.mark.parametrize(
    ("host", "origins", "ours"),
    [
        ("localhost:8080", ["http://localhost:8080"], True),
        ("[::1]:8080", ["http://[::1]:8080"], True),
        ("rebound.example:8080", ["http://rebound.example:8080"], False),
        ("127.0.0.1:8080", ["http://127.0.0.1:8080", "http://127.0.0.1:8080"], False),
        ("[", ["http://["], False),
        ("", [], False),
    ],
)
def test_which_page_is_ours(host: str, origins: list[str], ours: bool) -> None:
    assert is_our_page(host, origins) is ours
