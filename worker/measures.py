"""What the worker counts of itself: each thing that happens, told in the words of `shared.metric_names`."""

from __future__ import annotations

from enum import StrEnum

from shared import metric_names as names
from shared.call_report import AgentGone, CallEnded, Happened, ReportEvent, Turn, Usage
from shared.call_state import EndReason
from shared.metrics import Metrics
from shared.prices import Prices
from shared.tokens import Tokens


class Offer(StrEnum):
    """What became of a job that LiveKit offered."""

    WON = "won"
    LOST = "lost"
    FULL = "full"
    NO_ANSWER = "no_answer"
    INVALID = "invalid"


class Measures:
    def __init__(self, prices: Prices | None = None) -> None:
        self.metrics = Metrics(names.WORKER)
        self._prices = prices or Prices({})

    def offered(self, outcome: Offer) -> None:
        self.metrics.count(names.WORKER_CLAIMS, outcome.value)

    def reported(self, event: ReportEvent) -> None:
        """What a call tells the API, as it is told."""
        match event:
            case Turn():
                self.metrics.count(names.WORKER_TURNS, "interrupted" if event.interrupted else "whole")
                if event.response_ms is not None:
                    self.metrics.observe(names.WORKER_RESPONSE, event.response_ms / 1000)
            case CallEnded():
                self.metrics.count(names.WORKER_ENDED, event.reason.value)
            case AgentGone():
                self.metrics.count(names.WORKER_AGENTS_GONE, event.why.value)
            case Happened():
                self.metrics.count(names.WORKER_HAPPENED, event.kind.value)
            case _:
                pass

    def model_opened(self, model: str, after_s: float) -> None:
        self.metrics.observe(names.WORKER_MODEL_OPEN, after_s, model)

    def model_answered(self, model: str, after_s: float) -> None:
        self.metrics.observe(names.WORKER_MODEL_ANSWER, after_s, model)

    def model_lost(self, model: str, reason: EndReason) -> None:
        self.metrics.count(names.WORKER_MODEL_LOST, model, reason.value)

    def model_used(self, model: str, usage: Usage) -> None:
        tokens = Tokens.of(usage)
        for kind, number in tokens.by_kind().items():
            self.metrics.count(names.WORKER_TOKENS, model, kind, by=number)
        cost_usd = self._prices.cost_usd(model, tokens)
        if cost_usd is not None:
            self.metrics.count(names.WORKER_COST, model, by=cost_usd)

    def dropped(self, queue: str, seconds: float) -> None:
        self.metrics.count(names.WORKER_DROPPED, queue, by=seconds)

    def loop_was_late(self, lag_s: float) -> None:
        self.metrics.observe(names.WORKER_LAG, lag_s)
