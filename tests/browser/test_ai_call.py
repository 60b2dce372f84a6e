"""A person talks with the assistant on the call page: real Chromium, real audio, a model that hears by itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Arrive, calls_of
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

    call = calls_of(stack, ann)[0]
    assert (call["status"], call["endReason"]) == ("completed", "caller_hung_up")

    ann.page.get_by_label("Recording of the call").wait_for(timeout=30_000)
    record = stack.api("GET", f"/api/voice/session?callId={call['callId']}")["session"]
    words = record["transcriptSegments"][-1]
    assert record["recordingStartOffsetMs"] > 0
    ann.page.get_by_role("button", name="Play from").last.click()
    at_s = (words["startMs"] - record["recordingStartOffsetMs"]) / 1000
    ann.page.wait_for_function("at => document.querySelector('audio').currentTime >= at", arg=at_s + 0.2)
    played = "[...Array(document.querySelector('audio').played.length).keys()]"
    (began_s,) = ann.page.evaluate(f"{played}.map(at => document.querySelector('audio').played.start(at))")
    assert began_s == pytest.approx(at_s, abs=0.1)


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
