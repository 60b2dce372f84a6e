"""What a model's tokens cost. Pure. Prices are the operator's to state: the service does not tell them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from shared.tokens import KINDS, Tokens

PER = 1_000_000
"""Prices are told for so many tokens."""


class Prices:
    """In US dollars per million tokens: model -> kind -> price."""

    def __init__(self, by_model: Mapping[str, Mapping[str, float]]) -> None:
        self._by_model = by_model

    @staticmethod
    def parse(text: str) -> Prices:
        """JSON: ``{"gpt-realtime": {"text_in": 4, "audio_in": 32, ...}}`` with all of `KINDS`; empty: no prices. Raises
        ValueError, whose text is a sentence."""
        if not text:
            return Prices({})
        try:
            value = json.loads(text)
        except ValueError:
            raise ValueError("must be a JSON object") from None
        if not isinstance(value, dict) or not all(_is_priced(model) for model in value.values()):
            raise ValueError(f"must give each model a price of 0 or more for each of {', '.join(KINDS)}")
        return Prices(value)

    def cost_usd(self, model: str, tokens: Tokens) -> float | None:
        """None: this model has no prices."""
        prices = self._by_model.get(model)
        if prices is None:
            return None
        return sum(number * prices[kind] for kind, number in tokens.by_kind().items()) / PER


def _is_priced(model: Any) -> bool:
    return isinstance(model, dict) and set(model) == set(KINDS) and all(_is_price(value) for value in model.values())


def _is_price(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value) and value >= 0
