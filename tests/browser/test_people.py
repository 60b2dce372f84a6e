"""People call each other on the call page: each with a browser of their own."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import Arrive, calls_of
from tests.browser.person import GARDEN, MONDAY, OF_GARDEN, OF_MONDAY, Person
from tests.support.stack import Stack, wait_for


def test_two_people_ring_talk_and_hang_up(arrive: Arrive, stack: Stack) -> None:
    ann, bob = arrive("Ann"), arrive("Bob")
    ann.calls_person(bob)
    ann.status("Ringing")
    bob.sees("Ann is calling")
    bob.press("Accept")
    ann.status("Connected")
    bob.status("Connected")

    ann.says(MONDAY)
    bob.hears(OF_MONDAY)
    bob.says(GARDEN)
    ann.hears(OF_GARDEN)
    for person in (ann, bob):  # what is recorded is written down, too
        person.reads(OF_MONDAY, by="ann")
        person.reads(OF_GARDEN, by="bob")

    bob.press("Hang up")
    bob.sees("You hung up.")
    ann.sees("The person you called hung up.")
    assert ann.complaints == bob.complaints == []
    assert ending(stack, ann) == ("completed", "callee_hung_up")


def test_somebody_declines(arrive: Arrive, stack: Stack) -> None:
    cleo, dan = arrive("Cleo"), arrive("Dan")
    cleo.calls_person(dan)
    dan.sees("Cleo is calling")
    dan.page.keyboard.press("Escape")  # hides no call that rings
    dan.press("Decline")
    cleo.sees("The call was declined")
    expect(dan.page.get_by_role("dialog")).to_have_count(0)
    assert ending(stack, cleo) == ("missed", "declined")


def test_nobody_answers(arrive: Arrive, stack: Stack) -> None:
    eli, fay = arrive("Eli"), arrive("Fay")
    eli.calls_person(fay)
    fay.sees("Eli is calling")
    eli.sees("Nobody answered", within_s=30)
    expect(fay.page.get_by_role("dialog")).to_have_count(0)
    assert ending(stack, eli) == ("missed", "no_answer")


def test_a_conference_of_three(arrive: Arrive, stack: Stack) -> None:
    people = [arrive(name) for name in ("Gus", "Hal", "Ivy")]
    for person in people:
        person.choose("A conference")
        person.page.get_by_label("Name of the conference").fill("Monday meeting!")
        person.press("Join")
    for person in people:
        person.status("You and 2 others")
    heard: dict[str, set[str]] = {person.name: set() for person in people}
    for speaker in people:
        said = speaker.says("Good morning to all of you.")
        for listener in people:
            if listener is not speaker:
                heard[listener.name].add(listener.heard_from(said))
    assert [len(tracks) for tracks in heard.values()] == [2, 2, 2]  # each of the others by a track of their own
    for person in people:
        names = person.page.get_by_role("list", name="In this call").get_by_role("listitem")
        expect(names).to_have_count(3)
    people[0].press("Hang up")
    people[1].status("You and one other person")
    people[1].press("Hang up")
    people[2].status("You are the only one here")
    people[2].press("Hang up")
    assert ending(stack, people[0]) == ("completed", "everyone_left")
    assert [complaint for person in people for complaint in person.complaints] == []


def ending(stack: Stack, person: Person) -> tuple[str, str]:
    """Status and reason of the newest call of a person, when it is over."""

    def look() -> dict[str, Any] | None:
        calls = calls_of(stack, person)
        return calls[0] if calls and calls[0]["endedAt"] else None

    call = wait_for(look, f"the call of {person.name} has ended", 15)
    return call["status"], call["endReason"]
