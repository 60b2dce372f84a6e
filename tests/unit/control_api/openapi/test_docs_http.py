"""``/api/voice/openapi.json`` and ``/api/voice/docs`` by HTTP."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from tests.support.api_client import an_api
from tests.support.documented import published

OPENAPI = "/api/voice/openapi.json"
DOCS = "/api/voice/docs"
STYLE = "/api/voice/docs.css"


async def test_the_document_is_public_and_kept_by_its_tag() -> None:
    async with an_api() as api:
        answer = await api.request("GET", OPENAPI, user=None)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
        assert answer.json() == published().document
        again = await api.request("GET", OPENAPI, user=None, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
        other = await api.request("GET", OPENAPI, user=None, headers={"If-None-Match": '"another"'})
        assert other.status_code == 200


@pytest.mark.parametrize("path", [OPENAPI, DOCS, STYLE])
async def test_nothing_but_reading(path: str) -> None:
    async with an_api() as api:
        assert (await api.request("HEAD", path, user=None)).status_code == 200
        refused = await api.request("POST", path, user=None, json={})
        assert (refused.status_code, refused.json()["details"]["code"]) == (405, "method_not_allowed")


async def test_the_page_needs_nothing_from_elsewhere_and_no_script() -> None:
    async with an_api() as api:
        page = await api.request("GET", DOCS, user=None)
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert "default-src 'self'" in page.headers["content-security-policy"]
        assert "unsafe" not in page.headers["content-security-policy"]
        seen = Seen()
        seen.feed(page.text)
        assert not seen.open, f"elements that are not closed: {seen.open}"
        assert not seen.tags & {"script", "style", "iframe"}
        assert not re.search(r'\s(?:style|on\w+)="', page.text)
        assert {link for link in seen.links if not link.startswith("#")} == {"docs.css", "data:,", "openapi.json"}
        assert {link[1:] for link in seen.links if link.startswith("#")} <= seen.ids


async def test_the_page_shows_every_operation_and_every_code() -> None:
    async with an_api() as api:
        page = (await api.request("GET", DOCS, user=None)).text
    for methods in published().document["paths"].values():
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in page
    codes = published().document["components"]["schemas"]["ErrorCode"]["enum"]
    assert not [code for code in codes if f"<code>{code}</code>" not in page and code != "method_not_allowed"]


async def test_the_style_sheet() -> None:
    async with an_api() as api:
        style = await api.request("GET", STYLE, user=None)
        assert style.headers["content-type"] == "text/css; charset=utf-8"
        assert "url(" not in style.text
        assert "@import" not in style.text


class Seen(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in ("meta", "link", "br"):
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.add(value or "")
            elif name in ("href", "src"):
                self.links.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
