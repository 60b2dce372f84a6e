from __future__ import annotations

from shared.call_report import AGENT_SPEAKER, Segment
from shared.ids import Identity
from worker.conversation import MAX_HISTORY_CHARS, MAX_OPEN_ITEMS, Conversation
from worker.playout import Heard
from worker.ports import Said

CALLER, OTHER = Identity("user_1"), Identity("user_2")


def test_an_item_of_a_person_has_the_times_of_its_speech() -> None:
    conversation = _conversation()
    conversation.person_started("i", 1000)
    conversation.person_stopped("i", 2500)
    assert conversation.person_words("i", " Hello ", 3000) == Segment("i", CALLER, "Hello", 1000, 2500)


def test_a_turn_that_goes_on_under_another_item_has_ended_where_that_begins() -> None:
    conversation = _conversation()
    conversation.person_started("i", 1000)
    conversation.person_started("j", 5000)
    assert conversation.person_words("i", "No, wait.", 6200) == Segment("i", CALLER, "No, wait.", 1000, 5000)
    conversation.person_stopped("j", 7000)
    assert conversation.person_words("j", "I mean", 8000) == Segment("j", CALLER, "I mean", 5000, 7000)


def test_words_without_known_times_are_from_now() -> None:
    assert _conversation().person_words("i", "Hello", 3000) == Segment("i", CALLER, "Hello", 3000, 3000)


def test_no_words_no_segment() -> None:
    assert _conversation().person_words("i", "  ", 3000) is None


def test_what_the_agent_said_is_what_was_heard() -> None:
    conversation = _conversation()
    words = conversation.agent_item("a")
    words.add_text("one two three four")
    words.add_audio(2000)
    words.complete()
    cut = Heard("a", 1000, 2000, complete=False)
    assert conversation.agent_over(cut, started_ms=500) == Segment(
        "a", AGENT_SPEAKER, "one two", 500, 1500, is_cut=True
    )


def test_an_answer_without_spaces_that_was_cut_is_remembered() -> None:
    conversation = _conversation()
    words = conversation.agent_item("a")
    words.add_text("您的订单明天下午会送到您家里")
    words.add_audio(6000)
    words.complete()
    segment = conversation.agent_over(Heard("a", 3000, 6000, complete=False), started_ms=500)
    assert segment == Segment("a", AGENT_SPEAKER, "您的订单明天下", 500, 3500, is_cut=True)
    assert conversation.history() == [Said(True, "您的订单明天下")]


def test_an_item_of_which_nothing_was_heard_is_no_segment() -> None:
    conversation = _conversation()
    conversation.agent_item("a").add_text("one")
    assert conversation.agent_over(Heard("a", 0, 2000, complete=False), started_ms=None) is None


def test_items_that_are_never_completed_do_not_pile_up() -> None:
    conversation = _conversation()
    for number in range(3 * MAX_OPEN_ITEMS):
        conversation.person_started(str(number), number)
        conversation.agent_item(str(number)).add_text("x")
    assert conversation.person_words("0", "Hello", 9000) == Segment("0", CALLER, "Hello", 9000, 9000)
    newest = str(3 * MAX_OPEN_ITEMS - 1)
    assert conversation.agent_item(newest).text == "x"
    assert conversation.agent_item("0").text == ""


def test_words_belong_to_who_spoke_while_they_were_spoken() -> None:
    asked: list[tuple[int, int]] = []

    def who_spoke(start_ms: int, end_ms: int) -> Identity:
        asked.append((start_ms, end_ms))
        return OTHER

    conversation = Conversation(CALLER, who_spoke)
    conversation.person_started("i", 1000)
    conversation.person_stopped("i", 2500)
    assert conversation.speaker("i", 2900) == OTHER
    assert conversation.person_words("i", "Hello", 3000) == Segment("i", OTHER, "Hello", 1000, 2500)
    assert asked == [(1000, 2500)]


def test_while_they_are_spoken_it_is_decided_by_what_was_heard_so_far_and_stays_so() -> None:
    speakers = iter([OTHER, CALLER])
    conversation = Conversation(CALLER, lambda *_: next(speakers))
    conversation.person_started("i", 1000)
    assert conversation.speaker("i", 1500) == OTHER
    conversation.person_stopped("i", 2500)
    assert conversation.speaker("i", 2600) == OTHER


def test_when_nobody_can_be_named_it_is_the_caller() -> None:
    conversation = _conversation()
    conversation.person_started("i", 1000)
    assert conversation.speaker("i", 1500) == CALLER
    assert conversation.speaker("unknown", 1500) == CALLER


def test_the_history_is_what_was_heard_in_the_order_in_which_it_was_said() -> None:
    conversation = _conversation()
    conversation.person_started("q", 1000)
    conversation.person_stopped("q", 2000)
    words = conversation.agent_item("a")
    words.add_text("one two three four")
    words.add_audio(2000)
    words.complete()
    conversation.agent_over(Heard("a", 1000, 2000, complete=False), started_ms=2500)
    conversation.person_words("q", "Count!", 4000)  # the transcription came last
    assert conversation.history() == [Said(False, "Count!"), Said(True, "one two")]


def test_a_history_that_is_too_long_is_forgotten_from_its_beginning() -> None:
    conversation = _conversation()
    for number in range(100):
        conversation.person_words(str(number), f"{number} " + "x" * 1000, number)
    history = conversation.history()
    assert history[-1].text.startswith("99 ")
    assert MAX_HISTORY_CHARS - 1100 < sum(len(said.text) for said in history) <= MAX_HISTORY_CHARS


def test_what_was_said_before_this_agent_came_is_forgotten_first() -> None:
    earlier = [Said(True, "Hello!"), Said(False, "w" * 1000)]
    conversation = Conversation(CALLER, lambda *_: None, earlier)
    conversation.person_words("1", "And now?", 5)
    assert conversation.history() == [*earlier, Said(False, "And now?")]
    for number in range(2, 100):
        conversation.person_words(str(number), f"{number} " + "x" * 1000, number)
    assert not {said.text for said in conversation.history()} & {said.text for said in earlier}


def test_words_that_are_told_again_replace_the_earlier_ones() -> None:
    conversation = _conversation()
    for _ in range(50):
        conversation.person_words("same", "y" * 1000, 1)
    assert conversation.history() == [Said(False, "y" * 1000)]


def _conversation() -> Conversation:
    return Conversation(CALLER, lambda *_: None)


def test_what_is_being_said_is_known_to_a_model_that_was_not_there() -> None:
    conversation = Conversation(CALLER, lambda *_: None)
    whole = conversation.agent_item("whole")
    whole.add_text("It will come tomorrow.")
    whole.add_audio(1500)
    whole.complete()
    half = conversation.agent_item("half")
    half.add_text("And here is a long sentence of which half is there.")
    half.add_audio(1000)
    conversation.agent_item("silent").add_text("Nobody ever hears this.")
    conversation.agent_item("clip_1").add_text("One moment.")
    conversation.agent_item("clip_1").add_audio(500)
    said = conversation.history()
    assert [each.by_agent for each in said] == [True, True]
    assert said[0].text == "It will come tomorrow."
    assert 0 < len(said[1].text) < 30
