"""What the assistant says."""

from __future__ import annotations

import pytest

from scripts.local_realtime.assistant import END_CALL, GREETING, Line, Question, Said, answer
from scripts.local_realtime.numbers import normalise_numbers


def said_to(heard: str, *earlier: str, tools: frozenset[str] = frozenset(), instructions: str = "") -> Said:
    history = [*(Line("user", words) for words in earlier), Line("user", heard)]
    return answer(Question(history, True, instructions, "", tools))


def unasked(instructions: str = "", session_instructions: str = "", *history: Line) -> str:
    return answer(Question(history, False, instructions, session_instructions)).text


@pytest.mark.parametrize(
    ("heard", "expected"),
    [
        ("Where is my order 427?", "Order 4, 2, 7 is on its way and arrives tomorrow morning."),
        ("where's order four two seven", "Order 4, 2, 7 is on its way and arrives tomorrow morning."),
        ("519.", "Order 5, 1, 9 was delivered on Monday."),
        ("Where is order 999?", "I can not find an order 9, 9, 9."),
        ("Where is my parcel?", "Which order is it? Please tell me the number."),
        ("Can you help me?", "I can tell you where an order is. Just say the order number."),
        ("Thank you.", "You are welcome. Is there anything else?"),
        ("Hello.", "Hello. How can I help you?"),
        ("The weather is nice.", "You said: The weather is nice."),
        ("", "Sorry, I did not hear you. Could you say that again?"),
        ("What did I say first?", "You have said nothing before."),
        ("What was my order number?", "You have not told me your order number yet."),
    ],
)
def test_questions_and_answers(heard: str, expected: str) -> None:
    assert said_to(heard).text == expected


def test_history_answers_questions_about_it() -> None:
    earlier = ("Hello, it is Ann.", "Where is my order 702?")
    assert said_to("What did I say first?", *earlier).text == "The first thing you said was: Hello, it is Ann."
    assert said_to("What did I just say?", *earlier).text == "Before that you said: Where is my order 7, 0, 2."
    assert said_to("And what was my order number?", *earlier).text == "Your order number is 7, 0, 2."
    assert "refund" in said_to("Where is my order?", *earlier).text


def test_goodbye_ends_the_call_when_there_is_a_tool_for_it() -> None:
    assert said_to("Goodbye.").calls == ()
    [call] = said_to("Okay, goodbye.", tools=frozenset({END_CALL, "other"})).calls
    assert call.name == END_CALL


@pytest.mark.parametrize(
    ("instructions", "expected"),
    [
        ("SAY: Please hold the line.", "Please hold the line."),
        ("Be kind.\nSAY: One moment.", "One moment."),
        ('Say exactly this: "We are closing now."', "We are closing now."),
        ("Greet the caller: Welcome to Acme, how may I help?", "Welcome to Acme, how may I help?"),
        ('Greet the caller with "Good evening".', "Good evening"),
        ("Greet the caller.", GREETING),
        ("Be brief.", GREETING),
    ],
)
def test_instructions_of_a_response(instructions: str, expected: str) -> None:
    assert unasked(instructions) == expected


def test_instructions_overrule_a_question() -> None:
    assert said_to("Where is my order 427?", instructions="SAY: not now").text == "not now"


def test_the_session_s_instructions_in_front_of_a_response_s_are_not_its_own() -> None:
    session = 'When asked for the price, say "call us".'
    assert unasked(f"{session}\nGreet the caller.", session) == GREETING


def test_a_session_may_have_its_own_greeting() -> None:
    assert unasked("", "You are a clerk.\nGREETING: Shop here, good day.") == "Shop here, good day."


def test_asked_again_it_does_not_greet_again() -> None:
    assert unasked("", "", Line("user", "hello")) == "Are you still there? How can I help you?"
    assert unasked("", "", Line("user", "hello"), Line("tool", "ok")) == "Done."


@pytest.mark.parametrize(
    ("spoken", "written"),
    [
        ("four two seven", "427"),
        ("4-2-7", "427"),
        ("7. 0. 6.", "706."),
        ("3 for 3", "343"),
        ("number 6? 57.", "number 657."),
        ("four twenty seven", "427"),
        ("four hundred and twenty seven", "427"),
        ("two thousand and five", "2005"),
        ("1,234 items", "1234 items"),
        ("one of them", "one of them"),
        ("wait for me", "wait for me"),
    ],
)
def test_numbers(spoken: str, written: str) -> None:
    assert normalise_numbers(spoken) == written
