"""A person talks with the assistant on the call page: real Chromium, real audio, a model that hears by itself."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Arrive
from tests.browser.person import AN_ANSWER, ANYTHING, MONDAY, OF_MONDAY
from tests.support.chromium import Say
from tests.support.stack import Stack


def test_a_whole_call(arrive: Arrive, stack: Stack) -> None:
    """With what the browser itself takes for a microphone."""
    ann = arrive("Ann", Say(MONDAY, after_s=5))
    ann.call()
    ann.reads(".", of_agent=True)  # the greeting
    said = ann.reads(OF_MONDAY, of_agent=False)
    answer = ann.reads(OF_MONDAY, of_agent=True)
    ann.hears(OF_MONDAY)
    ann.press("Hang up")
    ann.sees("The call has ended")
    ann.sees("You hung up.")
    ann.sees("What was said")
    ann.sees(said)
    ann.sees(answer)
    assert ann.complaints == []

    [call] = stack.api("GET", "/api/voice/session", user=ann.user_id, admin=False)["sessions"]
    assert (call["status"], call["endReason"]) == ("completed", "caller_hung_up")


def test_an_interrupted_answer_stops_and_its_rest_is_not_written_down(arrive: Arrive) -> None:
    bea = arrive("Bea")
    bea.call()
    bea.reads(".", of_agent=True)
    bea.hears_silence()
    asked = bea.says("Where is order five one nine, and where is order four two seven?")
    bea.hears_something(asked["endedMs"])
    interrupted = bea.says("Excuse me, please wait.")
    assert bea.hears_silence() < interrupted["endedMs"] + 1000, "the answer went on"
    assert bea.complaints == []


def test_what_is_said_while_muted_is_not_heard(arrive: Arrive) -> None:
    cid = arrive("Cid")
    cid.call()
    cid.reads(".", of_agent=True)
    cid.press("Mute")
    expect(cid.page.get_by_role("button", name="Unmute")).to_be_visible()
    cid.says("Please send everything back to the shop.")
    assert cid.user_id not in [who for who, _, _ in cid.captions()]
    cid.page.keyboard.press("m")
    expect(cid.page.get_by_role("button", name="Mute", exact=True)).to_be_visible()
    cid.says("Where is my order four two seven?")
    cid.reads(ANYTHING, of_agent=False)
    cid.reads(AN_ANSWER, of_agent=True)
    own = " ".join(text for who, text, _ in cid.captions() if who == cid.user_id)
    assert "shop" not in own
