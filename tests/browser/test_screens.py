"""Every screen of the call page, in both themes and on a phone: a picture to look at, and no fault that axe finds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Arrive
from tests.browser.look import look_at
from tests.browser.person import AN_ANSWER, Person
from tests.support.stack import Stack

Look = Callable[[Person, str], None]
THEMES = pytest.mark.parametrize(
    ("theme", "wishes"), [("light", {}), ("dark", {"dark": True}), ("phone", {"phone": True})]
)


@pytest.fixture
def look(tmp_path: Path) -> Look:
    def look(person: Person, name: str) -> None:
        look_at(person.page, name, tmp_path)

    return look


@THEMES
def test_a_call_with_the_assistant(arrive: Arrive, look: Look, theme: str, wishes: dict[str, bool]) -> None:
    ann = arrive("Ann Lee", signed_in=False, **wishes)
    ann.page.goto("/")
    look(ann, f"{theme}-1-sign-in")
    ann.sign_in()
    look(ann, f"{theme}-2-start")
    ann.press("Check your microphone")
    ann.sees("Say something")
    look(ann, f"{theme}-3-microphone")
    go_on = ann.holds("**/api/voice/session")
    ann.call()
    ann.status("One moment")
    look(ann, f"{theme}-4-connecting")
    go_on()
    ann.reads(".", of_agent=True)
    ann.sees("Recording")
    ann.says("Where is my order four two seven?")
    ann.reads(AN_ANSWER, of_agent=True)
    ann.status("Listening")
    look(ann, f"{theme}-5-in-call")
    ann.press("Mute")
    ann.page.context.set_offline(True)
    ann.sees("You are offline")
    look(ann, f"{theme}-6-offline-muted")
    ann.page.context.set_offline(False)
    ann.press("Hang up")
    ann.sees("What was said")
    ann.page.get_by_label("Recording of the call").wait_for(timeout=30_000)
    look(ann, f"{theme}-7-after")


@THEMES
def test_people(arrive: Arrive, look: Look, stack: Stack, theme: str, wishes: dict[str, bool]) -> None:
    bob, cleo = arrive("Bob " + theme, **wishes), arrive("Cleo " + theme, **wishes)
    bob.choose("A person")
    expect(bob.page.get_by_role("button", name="Call", exact=True)).to_be_in_viewport(ratio=1)
    look(bob, f"{theme}-8-a-person")
    bob.calls_person(cleo)
    bob.status("Ringing")
    cleo.sees("is calling")
    look(bob, f"{theme}-9-ringing")
    look(cleo, f"{theme}-10-incoming")
    cleo.press("Decline")
    bob.sees("The call was declined")
    look(bob, f"{theme}-11-declined")
    for person in (bob, cleo):
        person.page.goto("/")
        person.choose("A conference")
        person.page.get_by_label("Name of the conference").fill(f"Monday meeting, {theme}")
        person.page.get_by_role("switch", name="Invite the assistant").click()
        person.press("Join")
    bob.status("You and one other person")
    bob.reads(".", of_agent=True)
    look(bob, f"{theme}-12-conference")


def test_what_went_wrong(arrive: Arrive, look: Look, stack: Stack) -> None:
    dan = arrive("Dan")
    dan.choose("A person")
    dan.page.get_by_label("Whom").fill("dan")
    dan.call()
    dan.page.get_by_role("alert").wait_for()
    look(dan, "light-13-refused")
