from __future__ import annotations

from shared.call_report import AGENT_SPEAKER, Segment
from shared.ids import Identity
from worker.conversation import MAX_OPEN_ITEMS, Conversation
from worker.playout import Heard

CALLER = Identity("user_1")


def test_an_item_of_the_caller_has_the_times_of_its_speech() -> None:
    conversation = Conversation(CALLER)
    conversation.caller_started("i", 1000)
    conversation.caller_stopped("i", 2500)
    assert conversation.caller_words("i", " Hello ", 3000) == Segment("i", CALLER, "Hello", 1000, 2500)


def test_words_without_known_times_are_from_now() -> None:
    assert Conversation(CALLER).caller_words("i", "Hello", 3000) == Segment("i", CALLER, "Hello", 3000, 3000)


def test_no_words_no_segment() -> None:
    assert Conversation(CALLER).caller_words("i", "  ", 3000) is None


def test_what_the_agent_said_is_what_was_heard() -> None:
    conversation = Conversation(CALLER)
    words = conversation.agent_item("a")
    words.add_text("one two three four")
    words.add_audio(2000)
    words.complete()
    cut = Heard("a", 1000, 2000, complete=False)
    assert conversation.agent_over(cut, started_ms=500) == Segment("a", AGENT_SPEAKER, "one two", 500, 1500)


def test_an_item_of_which_nothing_was_heard_is_no_segment() -> None:
    conversation = Conversation(CALLER)
    conversation.agent_item("a").add_text("one")
    assert conversation.agent_over(Heard("a", 0, 2000, complete=False), started_ms=None) is None


def test_items_that_are_never_completed_do_not_pile_up() -> None:
    conversation = Conversation(CALLER)
    for number in range(3 * MAX_OPEN_ITEMS):
        conversation.caller_started(str(number), number)
        conversation.agent_item(str(number)).add_text("x")
    assert conversation.caller_words("0", "Hello", 9000) == Segment("0", CALLER, "Hello", 9000, 9000)
    newest = str(3 * MAX_OPEN_ITEMS - 1)
    assert conversation.agent_item(newest).text == "x"
    assert conversation.agent_item("0").text == ""
