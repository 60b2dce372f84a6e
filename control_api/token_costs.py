"""What the tokens of calls cost, by the model of each. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from control_api.history_ports import TokensByModel
from control_api.voices import effective_model
from shared.prices import Prices


@dataclass(frozen=True, slots=True)
class TokenCosts:
    prices: Prices = field(default_factory=lambda: Prices({}))
    default_model: str = ""
    """Of calls that name none. It is the workers' to choose (`VOICE_MODEL`), and what they chose is not stored."""

    def usd(self, tokens: TokensByModel) -> float | None:
        """None: no prices are set, or a model that was used has none."""
        return self.prices.total_usd((self._priced(asked), used) for asked, used in tokens.items())

    def _priced(self, asked: str | None) -> str:
        """What ran; a name of before stands for itself where its successor has no prices yet."""
        ran = effective_model(asked) or self.default_model
        return ran if asked is None or self.prices.knows(ran) else asked
