from __future__ import annotations

import pytest

from shared.prices import Prices
from shared.tokens import Tokens

REALTIME = '"gpt-realtime": {"text_in": 4, "audio_in": 32, "cached_in": 0.4, "text_out": 16, "audio_out": 64}'
MINI = '"gpt-realtime-mini": {"text_in": 0.6, "audio_in": 10, "cached_in": 0.3, "text_out": 2.4, "audio_out": 20}'
PRICES = f"{{{REALTIME}, {MINI}}}"
USED = Tokens(text_in=400, audio_in=300, cached_in=300, text_out=100, audio_out=400)


def test_a_model_with_prices_costs() -> None:
    cost = Prices.parse(PRICES).cost_usd("gpt-realtime", USED)
    assert cost == pytest.approx((400 * 4 + 300 * 32 + 300 * 0.4 + 100 * 16 + 400 * 64) / 1e6)
    assert Prices.parse(PRICES).cost_usd("another", USED) is None


def test_a_name_with_a_date_costs_what_the_name_does_unless_it_has_its_own_prices() -> None:
    dated = MINI.replace("-mini", "-2025-08-28")
    assert Prices.parse(PRICES).cost_usd("gpt-realtime-2025-08-28", USED) == Prices.parse(PRICES).cost_usd(
        "gpt-realtime", USED
    )
    own = Prices.parse(f"{{{REALTIME}, {dated}}}").cost_usd("gpt-realtime-2025-08-28", Tokens(text_in=1_000_000))
    assert own == pytest.approx(0.6)


@pytest.mark.parametrize(
    "text",
    ["x", "[]", "9" * 5_000, '{"m": 4}', '{"m": {"text_in": 4}}', PRICES.replace("32", '"32"'),
     PRICES.replace("32", "-1"), PRICES.replace("32", "true"), PRICES.replace("32", "NaN"),
     PRICES.replace("32", "1e999"), PRICES.replace("32", "9" * 400), PRICES.replace("32", "1000000.5"),
     PRICES.replace("text_in", "text"), PRICES.replace('"text_in": 4, ', "")],
)  # fmt: skip
def test_prices_that_cannot_be_meant(text: str) -> None:
    with pytest.raises(ValueError, match=r"^must ") as refused:
        Prices.parse(text)
    assert "gpt" not in str(refused.value), "a value is never told"


def test_several_models_cost_what_each_costs() -> None:
    total = Prices.parse(PRICES).total_usd(
        [("gpt-realtime", Tokens(text_in=1_000_000)), ("gpt-realtime-mini", Tokens(audio_out=500_000)),
         ("gpt-realtime", Tokens(text_out=250_000))]
    )  # fmt: skip
    assert total == pytest.approx(4 + 10 + 4)


def test_a_total_of_which_a_part_is_not_known_is_not_known() -> None:
    prices = Prices.parse(PRICES)
    assert prices.total_usd([("gpt-realtime", USED), ("another", USED)]) is None
    assert prices.total_usd([("gpt-realtime", USED), ("another", Tokens())]) == prices.cost_usd("gpt-realtime", USED)


def test_nothing_used_costs_nothing_where_there_are_prices() -> None:
    assert Prices.parse(PRICES).total_usd([]) == 0
    assert Prices.parse("").total_usd([]) is None
