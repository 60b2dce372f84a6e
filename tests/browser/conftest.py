from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Playwright, expect, sync_playwright

from tests.browser.person import Person
from tests.support.chromium import Say, new_window, running_chromium, write_speech
from tests.support.stack import Stack, running_stack

Arrive = Callable[..., Person]


# Five seconds are Playwright's own choice; a machine that carries other tests, too, needs more now and then.
expect.set_options(timeout=15_000)

SETTINGS = {"VOICE_RATE_SESSION_PER_HOUR": "1000", "VOICE_RING_S": "10"}


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole system, with a model that hears and answers by itself: one for all files. What somebody of a test has
    begun ends with it (`arrive`); that people of other tests have called before is no secret."""
    with running_stack(tmp_path_factory.mktemp("stack"), settings=SETTINGS) as stack:
        yield stack


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Not for the whole run: its loop runs in this thread, and no test of another kind could have one beside it."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture
def arrive(stack: Stack, playwright: Playwright, tmp_path: Path) -> Iterator[Arrive]:
    """``arrive("Ann", Say("Hello?", after_s=4))``: somebody opens the page and signs in."""
    stack.has_a_worker()
    people: list[Person] = []
    with ExitStack() as browsers:

        def arrive(
            name: str,
            *lines: Say,
            admin: bool = False,
            dark: bool = False,
            phone: bool = False,
            signed_in: bool = True,
        ) -> Person:
            speech = write_speech(tmp_path / f"{name.replace(' ', '-')}.wav", lines)
            browser = browsers.enter_context(running_chromium(playwright, speech))
            window = new_window(browser, stack.info.api_url, dark=dark, phone=phone)
            person = Person(name, window.new_page())
            people.append(person)
            if signed_in:
                person.sign_in(admin=admin)
            return person

        yield arrive
    for person in people:
        for call in calls_of(stack, person):
            if call["endedAt"] is None:
                stack.api("DELETE", f"/api/voice/session?roomName={call['roomName']}")


def calls_of(stack: Stack, person: Person) -> list[dict[str, Any]]:
    """Newest first."""
    found: list[dict[str, Any]] = stack.api("GET", "/api/voice/session", user=person.user_id, admin=False)["sessions"]
    return found
