from __future__ import annotations

import re

import pytest

from control_api.routes.paging import page_links
from tests.support.api_client import AGENT, RECORDING, an_api
from tests.support.documented import published

PATH = "/api/voice/session"


@pytest.mark.parametrize(
    ("total", "limit", "offset", "links"),
    [
        (0, 10, 0, None),
        (10, 10, 0, None),
        (11, 10, 0, '</s?limit=10&offset=10>; rel="next"'),
        (30, 10, 10, '</s?limit=10&offset=0>; rel="prev", </s?limit=10&offset=20>; rel="next"'),
        (30, 10, 20, '</s?limit=10&offset=10>; rel="prev"'),
        (30, 10, 5, '</s?limit=10&offset=0>; rel="prev", </s?limit=10&offset=15>; rel="next"'),
        (3, 10, 500, None),
    ],
)
def test_what_pages_there_are(total: int, limit: int, offset: int, links: str | None) -> None:
    assert page_links("/s", {}, total=total, limit=limit, offset=offset) == links


def test_what_was_asked_for_is_asked_for_again_and_cannot_break_out() -> None:
    link = page_links("/s", {"status": 'a>; rel="x"\r\nb: é', "offset": "7"}, total=99, limit=1, offset=0)
    assert link == '</s?status=a%3E%3B+rel%3D%22x%22%0D%0Ab%3A+%C3%A9&offset=1&limit=1>; rel="next"'


async def test_following_the_links_shows_every_call_once() -> None:
    async with an_api() as api:
        opened = [(await api.opened(enableAiAgent=False))["callId"]]
        await api.parts.clock.advance(1)
        opened.append((await api.opened(enableAiAgent=False))["callId"])
        seen: list[str] = []
        target = f"{PATH}?status=ringing&limit=1&colour=red"
        while target:
            answer = await api.request("GET", target)
            seen += [session["callId"] for session in answer.json()["sessions"]]
            found = re.search(r'<([^>]+)>; rel="next"', answer.headers.get("Link", ""))
            target = found[1] if found else ""
            assert "colour" not in target
        assert seen == opened[::-1]


@pytest.mark.parametrize("path", [PATH, AGENT])
async def test_a_list_without_another_page_has_no_link(path: str) -> None:
    async with an_api() as api:
        answer = await api.request("GET", path, params={"listAll": "true"} if path == AGENT else {})
        assert (answer.status_code, answer.headers.get("Link")) == (200, None)


def test_all_lists_say_so() -> None:
    for path in (PATH, AGENT, RECORDING):
        assert "Link" in published().document["paths"][path]["get"]["responses"]["200"]["headers"]
