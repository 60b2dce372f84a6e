"""An operator watches a call as it happens, and takes part in it: the real stack, and nothing is loaded again."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Arrive
from tests.browser.look import look_at
from tests.browser.person import AN_ANSWER, ANYTHING, Person


def test_a_call_is_followed_from_its_ringing_to_its_transcript(arrive: Arrive, tmp_path: Path) -> None:
    root, ann = arrive("Root", admin=True), arrive("Ann")
    root.page.goto("/console")
    expect(root.page.get_by_role("heading", name="No live calls")).to_be_visible()
    root.sees("1 worker")
    load = root.page.get_by_role("meter", name=re.compile("Load of"))
    expect(load).to_have_attribute("value", "0")
    never_loaded_again(root)

    ann.call()
    row = root.page.get_by_role("row").filter(has_text="Ann")
    expect(row).to_contain_text("connected")
    expect(row).to_contain_text("in the call")
    expect(load).to_have_attribute("value", "1")
    ann.reads(ANYTHING, of_agent=True)  # the greeting
    ann.says("Where is my order four two seven?")
    said, answer = ann.reads(ANYTHING, of_agent=False), ann.reads(AN_ANSWER, of_agent=True)
    expect(row).to_contain_text(re.compile(r"\d+ ms"))

    look_at(root.page, "console-1-live", tmp_path)
    row.get_by_role("button").click()
    expect(words(root)).to_contain_text(said)
    expect(words(root)).to_contain_text(answer)
    root.press("Stop recording")
    root.press("Start recording")
    expect(root.page.get_by_role("button", name="Stop recording")).to_be_visible()
    root.press("End the call")
    ann.sees("An operator or another device of yours ended it")
    expect(root.page.get_by_role("button", name="End the call")).to_have_count(0)
    expect(root.page.get_by_text("completed").first).to_be_visible()
    expect(root.page.get_by_role("button", name="Play")).to_be_visible(timeout=30_000)
    assert root.complaints == []
    look_at(root.page, "console-2-call", tmp_path)  # for it Playwright puts a style beside the waveform: a complaint
    root.page.get_by_role("link", name="Live").click()
    expect(root.page.get_by_role("heading", name="No live calls")).to_be_visible()
    expect(load).to_have_attribute("value", "0")
    assert root.page.evaluate("window.isSamePage") is True


def test_an_agent_that_is_stopped_leaves_the_people_to_themselves(arrive: Arrive) -> None:
    root, ann = arrive("Root", admin=True), arrive("Ann")
    ann.choose("A conference")
    ann.page.get_by_label("Name of the conference").fill("Stand-up")
    ann.page.get_by_role("switch", name="Invite the assistant").click()
    ann.press("Join")
    ann.reads(ANYTHING, of_agent=True)
    root.page.goto("/console")
    root.page.get_by_role("row").filter(has_text="Ann").get_by_role("button").click()
    root.press("Stop the agent")
    expect(root.page.get_by_role("button", name="Stop the agent")).to_have_count(0)
    ann.status("You are the only one here")
    root.press("End the call")
    ann.sees("An operator or another device of yours ended it")


def never_loaded_again(person: Person) -> None:
    person.page.evaluate("window.isSamePage = true")


def words(operator: Person) -> Locator:
    return operator.page.get_by_role("list", name="Words")
