"""One request's charge: made once, as soon as its class is known."""

from __future__ import annotations

from collections.abc import Callable

from control_api.rate_classes import NO_FACTS, RateClass, RateFacts, RateRule, class_of
from control_api.services.rate_limiter import Client, RateLimiter, Verdict
from shared.errors import Errors, VoiceError


class RateLimited(VoiceError):
    """Answered with 429; the contract gives its body (`control_api.rate_answers`)."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(Errors.RATE_LIMITED, "Please try again later")
        self.verdict = verdict


class RateTicket:
    """The first `charge` decides; later ones repeat its result. A handler whose route says `facts_decide` charges when
    it knows the facts and before it changes anything; one that ends something says so and is never refused."""

    def __init__(self, limiter: RateLimiter, rule: RateRule, client: Callable[[], Client]) -> None:
        self._limiter = limiter
        self._client = client
        self.rule = rule
        self.verdict: Verdict | None = None
        self.is_settled = rule.usual is None

    async def charge(self, facts: RateFacts = NO_FACTS) -> None:
        """Raises `RateLimited`."""
        if not self.is_settled:
            self.is_settled = True
            self.verdict = await self._count(class_of(self.rule, facts))
        if self.verdict is not None and not self.verdict.passed:
            raise RateLimited(self.verdict)

    async def _count(self, rate_class: RateClass | None) -> Verdict | None:
        if rate_class is None:
            return None
        client = self._client()
        # Nothing that costs is done for somebody unknown: what they get is a refusal, which counts as a read.
        return await self._limiter.charge(RateClass.READ if client.is_anonymous else rate_class, client)
