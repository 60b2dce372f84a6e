from __future__ import annotations

import pytest

from shared.call_report import Usage
from shared.tokens import Tokens


def test_tokens_are_counted_once_each() -> None:
    usage = Usage(1_000, 500, 300, 900, audio_output_tokens=400, cached_audio_tokens=200)
    tokens = Tokens.of(usage)
    assert tokens == Tokens(text_in=400, audio_in=300, cached_in=300, text_out=100, audio_out=400)
    assert sum(tokens.by_kind().values()) == usage.input_tokens + usage.output_tokens
    assert (tokens.input, tokens.output) == (usage.input_tokens, usage.output_tokens)


@pytest.mark.parametrize(
    ("usage", "tokens"),
    [
        (Usage(100, 50, 30, 90), Tokens(text_in=0, audio_in=90, cached_in=30, text_out=50, audio_out=0)),
        (Usage(10, 5, 20, 3, 7, 1), Tokens(text_in=0, audio_in=0, cached_in=20, text_out=0, audio_out=7)),
        (Usage(10, 5, 2, 3, 0, 9), Tokens(text_in=7, audio_in=0, cached_in=2, text_out=5, audio_out=0)),
    ],
)
def test_what_does_not_add_up_makes_no_kind_negative(usage: Usage, tokens: Tokens) -> None:
    assert Tokens.of(usage) == tokens


def test_tokens_are_added_kind_by_kind() -> None:
    assert Tokens(1, 2, 3, 4, 5) + Tokens(10, 20, 30, 40, 50) == Tokens(11, 22, 33, 44, 55)
    assert sum([Tokens(1), Tokens(2)], Tokens()) == Tokens(3)
