"""A call without a mouse: everything that a caller and an operator need is reached by the keyboard."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Arrive
from tests.browser.person import ANYTHING, Person

MOST_STOPS = 40
FOCUSED = "document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim() ?? ''"


def test_a_call_from_sign_in_to_transcript(arrive: Arrive) -> None:
    ann = arrive("Ann", signed_in=False)
    keys = ann.page.keyboard
    ann.page.goto("/")
    expect(ann.page.get_by_label("Your name")).to_be_focused()
    keys.type("Ann")
    keys.press("Enter")
    ann.page.get_by_role("button", name="Call", exact=True).wait_for()
    tab_to(ann, "Call")
    keys.press("Enter")
    ann.reads(ANYTHING, of_agent=True)
    tab_to(ann, "Mute")
    keys.press("Space")
    expect(ann.page.get_by_role("button", name="Unmute")).to_be_focused()
    tab_to(ann, "Hang up")
    keys.press("Enter")
    ann.sees("What was said")
    # A screen reader goes on where the new screen begins, not where the button was.
    expect(ann.page.get_by_role("heading", level=1)).to_be_focused()
    tab_to(ann, "Back to the start")
    keys.press("Enter")
    ann.page.get_by_role("button", name="Call", exact=True).wait_for()


def test_from_the_live_calls_to_the_end_of_one(arrive: Arrive) -> None:
    root, bob = arrive("Root", admin=True), arrive("Bob")
    bob.call()
    bob.reads(ANYTHING, of_agent=True)
    root.page.goto("/console")
    root.sees("1 live")
    tab_to(root, "Bob")
    root.page.keyboard.press("Enter")
    root.sees("Everything that happened")
    tab_to(root, "End the call")
    root.page.keyboard.press("Enter")
    bob.sees("An operator or another device of yours ended it")


def tab_to(person: Person, name: str) -> None:
    seen = []
    for _ in range(MOST_STOPS):
        person.page.keyboard.press("Tab")
        seen.append(str(person.page.evaluate(FOCUSED)))
        if seen[-1] == name:
            return
    raise AssertionError(f"{name!r} is not among {seen}")
