"""``GET /api/voice/stats``: rates, latency, tokens and cost over time; for admins."""

from __future__ import annotations

from typing import Literal

from pydantic import Field
from starlette.requests import Request

from control_api.access import check_admin
from control_api.history_ports import Summary
from control_api.middleware.scope import signed_in
from control_api.ports import CallTx
from control_api.routes.fields import Timestamp
from control_api.routes.instants import InstantField, instant_ms
from control_api.routes.registry import Model, Operation, refused
from control_api.routes.session_models import TokensSpent
from control_api.routes.session_views import iso, spent
from control_api.services.container import services
from control_api.token_costs import TokenCosts

PATH = "/api/voice/stats"
HOUR_MS = 3_600_000
STEPS_MS = {"hour": HOUR_MS, "day": 24 * HOUR_MS}
USUAL_STEPS = {"hour": 24, "day": 30}
MAX_STEPS = {"hour": 31 * 24, "day": 366}


class StatsQuery(Model):
    from_: InstantField | None = Field(None, alias="from")
    """Calls that were created then or later; rounded down to the beginning of an hour or day (UTC). If not given: 24
    hours, or 30 days, before `to`."""
    to: InstantField | None = None
    """Calls that were created before. Now, if not given."""
    bucket: Literal["hour", "day"] = "hour"
    """At most 744 hours, or 366 days."""


class StatsOfTime(Model):
    start: Timestamp
    calls: int
    """`answered`, `missed`, `failed` and `waiting` together."""
    answered: int
    """Were connected, and have not failed."""
    missed: int
    failed: int
    """Before or after they were connected."""
    waiting: int
    """Are open and were not connected yet."""
    talk_seconds: int
    """The `duration` of those that are over, added up."""
    answers: int
    """Of the agents, to somebody who had spoken."""
    response_p50_ms: int | None
    """From the end of the caller's speech to the first sound of the answer: the median."""
    response_p95_ms: int | None
    tokens: TokensSpent


class Stats(Model):
    success: bool = True
    from_: Timestamp = Field(alias="from")
    to: Timestamp
    bucket: Literal["hour", "day"]
    total: StatsOfTime
    buckets: list[StatsOfTime]
    """One for each hour or day (UTC), oldest first, also where there was no call. Calls count when they were
    created."""


async def get_stats(request: Request, query: StatsQuery) -> Stats:
    check_admin(signed_in(request.scope))
    found = services(request)
    step_ms = STEPS_MS[query.bucket]
    from_ms, to_ms = _period(query, found.clock.now_ms())

    def use_case(tx: CallTx) -> tuple[list[Summary], list[Summary]]:
        return tx.summaries(from_ms, to_ms, step_ms), tx.summaries(from_ms, to_ms, to_ms - from_ms)

    by_step, whole = await found.store.survey(use_case)
    known = {summary.start_ms: summary for summary in by_step}
    return Stats(
        from_=iso(from_ms),
        to=iso(to_ms),
        bucket=query.bucket,
        total=_shown(whole[0] if whole else Summary(from_ms), found.costs),
        buckets=[
            _shown(known.get(start_ms, Summary(start_ms)), found.costs) for start_ms in range(from_ms, to_ms, step_ms)
        ],
    )


def _period(query: StatsQuery, now_ms: int) -> tuple[int, int]:
    step_ms = STEPS_MS[query.bucket]
    to_ms = now_ms if query.to is None else instant_ms(query.to)
    from_ms = to_ms - USUAL_STEPS[query.bucket] * step_ms if query.from_ is None else instant_ms(query.from_)
    from_ms -= from_ms % step_ms
    if from_ms >= to_ms:
        raise refused("to", "must be later than from")
    if to_ms - from_ms > MAX_STEPS[query.bucket] * step_ms:
        raise refused("from", f"must be at most {MAX_STEPS[query.bucket]} {query.bucket}s before to")
    return from_ms, to_ms


def _shown(summary: Summary, costs: TokenCosts) -> StatsOfTime:
    return StatsOfTime(
        start=iso(summary.start_ms),
        calls=summary.calls,
        answered=summary.answered,
        missed=summary.missed,
        failed=summary.failed,
        waiting=summary.waiting,
        talk_seconds=summary.talk_s,
        answers=summary.answers,
        response_p50_ms=summary.response_p50_ms,
        response_p95_ms=summary.response_p95_ms,
        tokens=spent(summary.tokens, costs),
    )


OPERATIONS = (
    Operation(
        "GET",
        PATH,
        "Get rates and latency over time",
        get_stats,
        Stats,
        query=StatsQuery,
        phrases={403: "Access denied"},
        description="Addition, for admins.",
    ),
)
