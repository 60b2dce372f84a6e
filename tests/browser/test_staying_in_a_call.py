"""A call goes on when its page is loaded again, and when the network was away."""

from __future__ import annotations

import re
import signal

from playwright.sync_api import expect

from tests.browser.conftest import Arrive, calls_of
from tests.browser.person import AN_ANSWER, ANYTHING, Person
from tests.support.stack import Stack


def test_a_page_that_is_loaded_again_is_back_in_its_call(arrive: Arrive, stack: Stack) -> None:
    dan = arrive("Dan")
    dan.call()
    dan.reads(ANYTHING, of_agent=True)  # the greeting
    dan.says("Where is my order four two seven?")
    said = dan.reads(ANYTHING, of_agent=False)
    answer = dan.reads(AN_ANSWER, of_agent=True)
    before = open_call(stack, dan)
    dan.page.reload()
    dan.status("Listening")
    dan.reads(re.escape(said), of_agent=False)  # what was said before stands there again
    dan.reads(re.escape(answer), of_agent=True)
    dan.says("I would like some tea, please.")
    dan.reads(f"^(?!Hello|{re.escape(answer)})", of_agent=True)
    assert open_call(stack, dan) == before
    dan.press("Hang up")
    dan.sees("You hung up.")


def test_a_call_outlives_a_network_that_is_away_for_a_while(arrive: Arrive, stack: Stack) -> None:
    eve = arrive("Eve")
    eve.call()
    eve.reads(".", of_agent=True)
    before = open_call(stack, eve)
    freeze(eve)  # as a browser does to tabs in the background
    eve.page.context.set_offline(True)
    eve.sees("You are offline")
    eve.sees("Reconnecting", within_s=40)
    eve.page.context.set_offline(False)
    expect(eve.page.get_by_text(re.compile("offline|Reconnecting"))).to_have_count(0, timeout=30_000)
    eve.says("Where is my order four two seven?")
    eve.reads(AN_ANSWER, of_agent=True)
    assert open_call(stack, eve) == before


def test_a_call_outlives_media_that_stop_for_a_while(arrive: Arrive, stack: Stack) -> None:
    """The media server is frozen: no sound, no signalling and no answer to anybody. Then everybody is heard again."""
    fay = arrive("Fay")
    fay.call()
    fay.reads(".", of_agent=True)
    before = open_call(stack, fay)
    stack.kill("livekit", signal.SIGSTOP)
    try:
        fay.sees("Reconnecting", within_s=40)
    finally:
        stack.kill("livekit", signal.SIGCONT)
    expect(fay.page.get_by_text("Reconnecting")).to_have_count(0, timeout=30_000)
    said = fay.says("Where is my order four two seven?")
    fay.reads(AN_ANSWER, of_agent=True)
    fay.hears_something(said["endedMs"])
    assert open_call(stack, fay) == before


def freeze(person: Person) -> None:
    """Their tab, and let it go on."""
    developer = person.page.context.new_cdp_session(person.page)
    for state in ("frozen", "active"):
        developer.send("Page.setWebLifecycleState", {"state": state})


def open_call(stack: Stack, person: Person) -> str:
    """The id of the newest call that they have made, which is connected."""
    call = calls_of(stack, person)[0]
    assert call["status"] == "connected"
    return str(call["callId"])
