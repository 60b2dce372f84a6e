from __future__ import annotations

from scripts.caller.captions import Captions


def test_a_stream_that_grows_is_one_caption() -> None:
    captions = Captions()
    caption = captions.open("ai-agent-1", "s1", 1.0)
    for words in ("Order 4", " 2 7", " is on its way."):
        caption.text += words
    assert [c.text for c in captions.all()] == ["Order 4 2 7 is on its way."]


def test_a_later_stream_of_a_segment_replaces_the_earlier() -> None:
    captions = Captions()
    captions.open("alice", "s1", 1.0).text = "where is"
    captions.open("alice", "s1", 1.4).text = "Where is my order?"
    assert [(c.text, c.began_s) for c in captions.all()] == [("Where is my order?", 1.0)]


def test_segments_of_two_speakers_are_apart_even_with_one_id() -> None:
    captions = Captions()
    captions.open("alice", "s1", 1.0).text = "Hello"
    captions.open("ai-agent-1", "s1", 2.0).text = "Good day"
    assert captions.text_of("alice", 0, 10) == "Hello"
    assert captions.text_of("ai-agent-1", 0, 10) == "Good day"


def test_the_words_of_a_turn_are_those_begun_in_its_time() -> None:
    captions = Captions()
    for segment, at_s in (("before", 1.0), ("first", 5.0), ("second", 6.0), ("after", 9.0)):
        captions.open("agent", segment, at_s).text = f" {segment} "
    assert captions.text_of("agent", 5.0, 9.0) == "first second"


def test_words_of_a_stream_that_was_overtaken_are_not_taken() -> None:
    captions = Captions()
    first = captions.open("alice", "s1", 1.0).streams
    caption = captions.open("alice", "s1", 1.4)
    assert not caption.add("Where is my", first)
    assert caption.add("Where is my order?", caption.streams)
    assert caption.text == "Where is my order?"
