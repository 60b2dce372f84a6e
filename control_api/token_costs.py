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
        return self.prices.total_usd(
            (effective_model(asked) or self.default_model, used) for asked, used in tokens.items()
        )
