from __future__ import annotations

import pytest

from worker.first_words import first_words


@pytest.mark.parametrize(
    ("greeting", "takes_over", "knows_the_talk", "says"),
    [
        ("Hello!", False, False, '"Hello!"'),
        ("Hello!", False, True, '"Hello!"'),
        ("Hello!", True, True, "back"),
        ("Hello!", True, False, '"Hello!"'),
        ("", True, False, "back"),
        ("", True, True, "back"),
        ("", False, False, None),
        ("", False, True, None),
    ],
)
def test_who_is_greeted_and_who_is_told_that_the_agent_is_back(
    greeting: str, *, takes_over: bool, knows_the_talk: bool, says: str | None
) -> None:
    words = first_words(greeting, takes_over=takes_over, knows_the_talk=knows_the_talk)
    if says is None:
        assert words is None
    else:
        assert words is not None
        assert says in words
