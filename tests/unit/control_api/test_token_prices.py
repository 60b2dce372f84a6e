from __future__ import annotations

import pytest

from control_api.token_prices import TokenPrices, Tokens, parse_prices, split

PRICES = "text_in=4, audio_in=32,cached_in=0.4,text_out=16,audio_out=64"


def test_prices_are_named() -> None:
    assert parse_prices(PRICES) == TokenPrices(4, 32, 0.4, 16, 64)


@pytest.mark.parametrize(
    "text", ["", "4", PRICES + ",more=1", PRICES + ",text_in=4", PRICES.replace("64", "x"), PRICES.replace("64", "-1"),
             PRICES.replace("64", "nan"), PRICES.replace(",text_out=16", "")]
)  # fmt: skip
def test_other_texts_are_refused_without_being_told(text: str) -> None:
    with pytest.raises(ValueError, match="must") as refused:
        parse_prices(text)
    assert "-1" not in str(refused.value)


def test_a_cost_is_what_each_kind_costs() -> None:
    tokens = Tokens(text_in=1_000_000, audio_in=500_000, cached_in=250_000, text_out=0, audio_out=125_000)
    assert parse_prices(PRICES).cost_usd(tokens) == pytest.approx(4 + 16 + 0.1 + 8)


def test_audio_is_taken_for_what_the_model_said_first() -> None:
    assert split(input_tokens=100, output_tokens=50, cached_tokens=30, audio_tokens=90) == Tokens(30, 40, 30, 0, 50)
    assert split(input_tokens=10, output_tokens=5, cached_tokens=20, audio_tokens=3) == Tokens(0, 0, 10, 2, 3)
