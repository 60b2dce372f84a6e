from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from worker.captions import MAX_CHARS, AgentWords

TEXT = "Your order will be with you tomorrow."


def _words(text: str, audio_ms: float, *, complete: bool) -> AgentWords:
    words = AgentWords()
    words.add_text(text)
    words.add_audio(audio_ms)
    if complete:
        words.complete()
    return words


def test_of_a_complete_item_the_share_that_was_heard_is_shown() -> None:
    words = _words(TEXT, 2000, complete=True)
    assert words.heard(0) == ""
    assert words.heard(1000) == "Your order will be"
    assert words.heard(2000) == TEXT


def test_an_item_that_still_comes_is_not_shown_faster_than_it_can_be_spoken() -> None:
    # All of the text and the first 200 ms of the audio.
    words = _words(TEXT, 200, complete=False)
    assert words.heard(200) == ""
    assert words.heard(800) == "Your order"


def test_an_item_that_still_comes_is_never_shown_whole() -> None:
    words = _words("Tomorrow morning", 5000, complete=False)
    assert words.heard(5000) == "Tomorrow"


def test_text_without_sound_was_not_heard() -> None:
    assert _words(TEXT, 0, complete=True).heard(0) == ""


def test_text_is_bounded() -> None:
    words = AgentWords()
    words.add_text("x" * MAX_CHARS)
    words.add_text("more")
    assert len(words.text) == MAX_CHARS


@given(text=st.text(max_size=60), audio_ms=st.floats(0, 5000), complete=st.booleans())
def test_what_is_shown_only_grows(text: str, audio_ms: float, complete: bool) -> None:
    """A caption is appended to: what was once shown must stay a beginning of what is shown later."""
    words = _words(text, audio_ms, complete=complete)
    shown = [words.heard(at_ms) for at_ms in range(0, 6000, 250)]
    assert all(text.startswith(some) for some in shown)
    assert [len(some) for some in shown] == sorted(len(some) for some in shown)
