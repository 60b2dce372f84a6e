"""What models' tokens cost. Pure. Prices are the operator's to state: the service does not tell them.

Both processes read the same setting, `VOICE_MODEL_PRICES`: the worker counts costs in its metrics, the API shows them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any

from shared.model_names import undated
from shared.tokens import KINDS, Tokens

PER = 1_000_000
"""Prices are told for so many tokens."""
MAX_PRICE = 1_000_000
"""A dollar for each token: more is a slip, or a number that arithmetic cannot bear."""


class Prices:
    """In US dollars per million tokens: model -> kind -> price."""

    def __init__(self, by_model: Mapping[str, Mapping[str, float]]) -> None:
        self._by_model = by_model

    @staticmethod
    def parse(text: str) -> Prices:
        """JSON: ``{"gpt-realtime-2.1": {"text_in": 4, "audio_in": 32, ...}}`` with all of `KINDS`; empty: no prices.
        Raises ValueError, whose text is a sentence."""
        if not text:
            return Prices({})
        try:
            value = json.loads(text)
        except ValueError:
            raise ValueError("must be a JSON object") from None
        if not isinstance(value, dict) or not all(_is_priced(model) for model in value.values()):
            raise ValueError(f"must give each model a price of 0 to {MAX_PRICE} for each of {', '.join(KINDS)}")
        return Prices(value)

    def knows(self, model: str) -> bool:
        return self._of(model) is not None

    def cost_usd(self, model: str, tokens: Tokens) -> float | None:
        """None: this model has no prices."""
        prices = self._of(model)
        if prices is None:
            return None
        return math.fsum(number * prices[kind] for kind, number in tokens.by_kind().items()) / PER

    def _of(self, model: str) -> Mapping[str, float] | None:
        """One that is named with the date of its version costs what its name does, unless it has prices of its own."""
        return self._by_model.get(model) or self._by_model.get(undated(model))

    def total_usd(self, used: Iterable[tuple[str, Tokens]]) -> float | None:
        """Of several models; the same one may come again. None: no model has prices, or one that was used has none,
        since what the others cost would be taken for the whole."""
        if not self._by_model:
            return None
        costs = [self.cost_usd(model, tokens) for model, tokens in used if tokens != Tokens()]
        known = [cost for cost in costs if cost is not None]
        return math.fsum(known) if len(known) == len(costs) else None


def _is_priced(model: Any) -> bool:
    return isinstance(model, dict) and set(model) == set(KINDS) and all(_is_price(value) for value in model.values())


def _is_price(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value <= MAX_PRICE
