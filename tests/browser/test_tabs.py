"""One person with many tabs of the page: a browser opens six connections to a host, and the tabs share one stream."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, Request, expect

from tests.browser.conftest import Arrive
from tests.browser.person import ANYTHING, Person
from tests.support.stack import Stack, wait_for

TABS = 8


class Tabs:
    """Of one person, the first of which has signed in; and the streams that they have open, the newest last."""

    def __init__(self, person: Person) -> None:
        self.context = person.page.context
        self.streams: list[Request] = []
        self.context.on("request", self._opens)
        self.context.on("requestfinished", self._ends)
        self.context.on("requestfailed", self._ends)
        token = person.page.evaluate("sessionStorage.getItem('voice.development-token')")
        self.context.add_init_script(f"sessionStorage.setItem('voice.development-token', {token!r})")
        person.page.reload()
        self.people = [person, *(Person(person.name, self.context.new_page()) for _ in range(TABS - 1))]
        for each in self.people[1:]:
            each.page.goto("/")
        for each in self.people:
            expect(each.page.get_by_role("button", name="Call", exact=True)).to_be_visible()

    def _opens(self, request: Request) -> None:
        if request.url.endswith("/api/voice/events"):
            self.streams.append(request)

    def _ends(self, request: Request) -> None:
        if request in self.streams:
            self.streams.remove(request)

    def leader(self) -> Person | None:
        """The one of ours that reads the stream."""
        self.people[-1].page.title()  # what has happened is told while something is asked
        reading = [stream.frame.page for stream in self.streams]
        return next((each for each in self.people if each.page in reading), None)

    def take_leader(self) -> Page:
        """It is none of ours from now on."""
        leader = wait_for(self.leader, "one of the tabs leads", 15)
        self.people.remove(leader)
        return leader.page


def test_eight_tabs_share_a_stream_and_any_of_them_may_go(arrive: Arrive, stack: Stack) -> None:
    tabs = Tabs(arrive("Xia"))
    eighth = tabs.people[-1]
    eighth.call()
    eighth.reads(ANYTHING, of_agent=True)  # the greeting
    eighth.press("Hang up")
    eighth.sees("You hung up.")
    # Another tab may just be taking it over, where the machine is too busy for the first one to answer.
    wait_for(lambda: tabs.leader() and len(tabs.streams) == 1, "one stream is open", 15)

    tabs.take_leader().close()
    call = ring(stack, "xia")
    for each in tabs.people:
        each.sees("Operator is calling")
    crash(tabs.take_leader())
    wait_for(tabs.leader, "another tab leads", 15)
    stack.api("DELETE", f"/api/voice/session?roomName={call['session']['roomName']}")
    for each in tabs.people:
        expect(each.page.get_by_role("dialog")).to_have_count(0)
    set_state(tabs.take_leader(), "frozen")
    ring(stack, "xia")
    for each in tabs.people:
        each.sees("Operator is calling")
    assert [each.complaints for each in tabs.people] == [[]] * (TABS - 3)


def ring(stack: Stack, callee_id: str) -> Any:
    return stack.api("POST", "/api/voice/session", {"callType": "user-to-user", "calleeId": callee_id}, user="yan")


def set_state(page: Page, state: str) -> None:
    page.context.new_cdp_session(page).send("Page.setWebLifecycleState", {"state": state})


def crash(page: Page) -> None:
    """Its process. Told by way of the browser: the tab itself would never answer."""
    target = page.context.new_cdp_session(page).send("Target.getTargetInfo")["targetInfo"]["targetId"]
    assert page.context.browser
    browser = page.context.browser.new_browser_cdp_session()
    session = browser.send("Target.attachToTarget", {"targetId": target, "flatten": False})["sessionId"]
    browser.send("Target.sendMessageToTarget", {"sessionId": session, "message": '{"id": 1, "method": "Page.crash"}'})
