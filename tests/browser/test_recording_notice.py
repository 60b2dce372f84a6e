"""People in a call without an agent are told that it is recorded: their pages play it, and show nobody who says it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.browser.conftest import SETTINGS, Arrive
from tests.support.stack import Stack, running_stack

WATCH = """() => {
    window.seen = new Set();
    const look = () => document.querySelectorAll("[aria-label='In this call'] li").forEach(
        (each) => window.seen.add(each.textContent));
    setInterval(look, 20);
}"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = {**SETTINGS, "RECORDING_NOTICE": "spoken"}
    with running_stack(tmp_path_factory.mktemp("stack"), settings=settings) as stack:
        yield stack


def test_both_hear_it_and_see_only_each_other(arrive: Arrive) -> None:
    ann, bob = arrive("Ann"), arrive("Bob")
    ann.calls_person(bob)
    bob.sees("Ann is calling")
    for person in (ann, bob):
        person.page.evaluate(WATCH)
    bob.press("Accept")
    for person in (ann, bob):
        person.hears_something(0)
        person.hears_silence()
        person.status("Connected")
        names: list[str] = person.page.evaluate("() => [...window.seen]")
        assert {name for name in names if not re.match("You|Ann|Bob", name)} == set()
        assert len({name[:3] for name in names}) == 2
    bob.press("Hang up")
    ann.sees("The person you called hung up.")
    assert ann.complaints == bob.complaints == []
