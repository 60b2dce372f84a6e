"""docs/errors.md: every code, from the catalogue in `shared.errors`."""

from __future__ import annotations

from control_api.app import OPERATIONS
from control_api.error_advice import ADVICE
from control_api.http_errors import STATUS
from control_api.openapi.problems import problems
from control_api.routes.registry import Operation
from shared.errors import ErrorKind, Errors, Fault, every_kind

INTRO = """# Errors

Made from `shared/errors.py` and `control_api/error_advice.py` by `make reference`; do not edit.

Every error is `{"error", "message", "details"}`. `error` is the phrase of the endpoint, `message` a sentence for
people, `details.code` one of the codes below: it is stable, decide by it. `details.requestId` is the `X-Request-Id` of
the answer and stands in the logs of the service. Two answers differ: 401 is exactly `{"error": "Unauthorized"}` (a
webhook with a bad signature excepted), and 429 has `retryAfter`, `limit`, `remaining`, `reset` beside these keys.

*Try again*: whether the same request can succeed later by itself; then the answer has `Retry-After`, in seconds. A POST
is repeated with the same `Idempotency-Key`.
"""
FAULTS = {
    Fault.CALLER: "the request",
    Fault.OURS: "this service",
    Fault.UPSTREAM: "something that this service needs",
}


def render() -> str:
    rows = ["| code | status | at fault | try again |", "|---|---|---|---|", *map(_row, _sorted())]
    return "\n".join([INTRO, *rows, "", *map(_section, _sorted())])


def _sorted() -> list[ErrorKind]:
    return sorted(every_kind(), key=lambda kind: (STATUS[kind], kind.code))


def _row(kind: ErrorKind) -> str:
    again = "yes" if kind.retryable else "no"
    return f"| [`{kind.code}`](#{kind.code}) | {STATUS[kind]} | {FAULTS[kind.fault]} | {again} |"


def _section(kind: ErrorKind) -> str:
    advice = ADVICE[kind.code]
    parts = [
        f"## {kind.code}",
        advice.meaning,
        f"**What to do.** {advice.remedy}",
        f"Answered by: {_answered_by(kind)}.",
    ]
    return "\n\n".join(parts) + "\n"


def _answered_by(kind: ErrorKind) -> str:
    if kind in (Errors.INTERNAL, Errors.METHOD_NOT_ALLOWED):
        return "every path"
    operations = [f"{each.method} {each.path}" for each in OPERATIONS if _can_answer(each, kind)]
    return ", ".join(f"`{name}`" for name in operations) or "the routes of the workers only"


def _can_answer(operation: Operation, kind: ErrorKind) -> bool:
    return any(kind in problem.kinds for problem in problems(operation))
