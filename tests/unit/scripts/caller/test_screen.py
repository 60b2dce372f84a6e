from __future__ import annotations

import io

from scripts.caller.captions import Caption
from scripts.caller.report import Turn
from scripts.caller.screen import LiveScreen


def says(screen: LiveScreen, caption: Caption, *words: str) -> None:
    for part in words:
        caption.text += part
        screen.on_caption(caption, part, False)


def test_the_agents_words_grow_on_one_line() -> None:
    out = io.StringIO()
    screen = LiveScreen(out)
    caption = Caption("ai-agent-1", "s1", 0)
    says(screen, caption, "Order 4", " 2 7", " is here.")
    screen.on_caption(caption, "", True)
    assert out.getvalue() == "   agent: Order 4 2 7 is here.\n"


def test_a_person_is_shown_once_final() -> None:
    out = io.StringIO()
    screen = LiveScreen(out)
    caption = Caption("alice", "s1", 0, "where is")
    screen.on_caption(caption, "where is", False)
    screen.on_caption(caption, "", True)
    assert out.getvalue() == ""
    caption.text, caption.final = "Where is it?", True
    screen.on_caption(caption, "", True)
    assert out.getvalue() == "  caller: Where is it?\n"


def test_a_line_that_grows_is_ended_by_whatever_comes_between() -> None:
    out = io.StringIO()
    screen = LiveScreen(out)
    caption = Caption("ai-agent-1", "s1", 0)
    says(screen, caption, "Well")
    screen.on_turn(Turn("hi", response_ms=612))
    says(screen, caption, ", yes")
    screen.on_caption(caption, "", True)
    assert out.getvalue().splitlines() == ["   agent: Well", "          [answered after 612 ms]", "   agent: Well, yes"]
