"""What the model's tokens cost. Pure.

The model says how many of a response's tokens were audio, not in which direction: what it said is taken for audio
first. So a cost is an estimate, and there is none without prices: they are the operator's to know
(`VOICE_TOKEN_PRICES`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

PER = 1_000_000
"""Prices are dollars for so many tokens."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """Each token once, by what it costs."""

    text_in: int = 0
    audio_in: int = 0
    cached_in: int = 0
    text_out: int = 0
    audio_out: int = 0

    @property
    def input(self) -> int:
        return self.text_in + self.audio_in + self.cached_in

    @property
    def output(self) -> int:
        return self.text_out + self.audio_out


def split(*, input_tokens: int, output_tokens: int, cached_tokens: int, audio_tokens: int) -> Tokens:
    audio_out = min(audio_tokens, output_tokens)
    cached = min(cached_tokens, input_tokens)
    audio_in = min(audio_tokens - audio_out, input_tokens - cached)
    return Tokens(input_tokens - cached - audio_in, audio_in, cached, output_tokens - audio_out, audio_out)


@dataclass(frozen=True, slots=True)
class TokenPrices:
    """Dollars per million tokens."""

    text_in: float
    audio_in: float
    cached_in: float
    text_out: float
    audio_out: float

    def cost_usd(self, tokens: Tokens) -> float:
        return math.fsum(getattr(tokens, kind) * getattr(self, kind) for kind in KINDS) / PER


KINDS = tuple(field.name for field in fields(TokenPrices))


def parse_prices(text: str) -> TokenPrices:
    """`text_in=4,audio_in=32,cached_in=0.4,text_out=16,audio_out=64`. Raises ValueError, without the value."""
    given: dict[str, float] = {}
    for part in text.split(","):
        name, _, price = part.partition("=")
        if name.strip() not in KINDS or name.strip() in given:
            raise ValueError(f"must name each of {', '.join(KINDS)} once, as name=price")
        given[name.strip()] = _price(price)
    if len(given) != len(KINDS):
        raise ValueError(f"must name each of {', '.join(KINDS)} once, as name=price")
    return TokenPrices(**given)


def _price(text: str) -> float:
    try:
        price = float(text)
    except ValueError:
        raise ValueError("a price must be a number of dollars per million tokens") from None
    if not 0 <= price <= 1_000_000:
        raise ValueError("a price must be a number of dollars per million tokens")
    return price
