"""The error answers of an operation: one for each status, with its codes, its words and an example for each code."""

from __future__ import annotations

from typing import Any

from control_api.error_advice import ADVICE
from control_api.openapi import headers
from control_api.openapi.error_schemas import RATE_LIMITED_EXAMPLE, REQUEST_ID, UNAUTHORIZED_EXAMPLE
from control_api.openapi.problems import Problem, phrase_of, problems
from control_api.routes.registry import Operation
from shared.errors import ErrorKind, Errors


def error_answers(operation: Operation) -> dict[str, Any]:
    """An answer that is declared by itself (`other_answers`) stands for its status."""
    return {
        str(problem.status): _answer(operation, problem)
        for problem in problems(operation)
        if problem.status not in operation.other_answers
    }


def _answer(operation: Operation, problem: Problem) -> dict[str, Any]:
    is_retryable = any(kind.retryable for kind in problem.kinds)
    return {
        "description": _description(problem),
        "headers": headers.of_error(operation, is_retryable=is_retryable),
        "content": {"application/json": {"schema": _schema(problem), "examples": _examples(operation, problem)}},
    }


def _description(problem: Problem) -> str:
    lines = [" / ".join(problem.phrases)]
    lines += [f"- `{kind.code}`: {ADVICE[kind.code].meaning}" for kind in problem.kinds]
    return "\n".join(lines)


def _schema(problem: Problem) -> dict[str, Any]:
    if problem.kinds == [Errors.UNAUTHORIZED]:
        return {"$ref": "#/components/schemas/UnauthorizedBody"}
    if problem.kinds == [Errors.RATE_LIMITED]:
        return {"$ref": "#/components/schemas/RateLimitedBody"}
    narrowed: dict[str, Any] = {"error": {"type": "string", "enum": problem.phrases}}
    if problem.kinds:
        codes = {"type": "string", "enum": [kind.code for kind in problem.kinds]}
        narrowed["details"] = {"type": "object", "properties": {"code": codes}}
    return {"allOf": [{"$ref": "#/components/schemas/ErrorBody"}, {"type": "object", "properties": narrowed}]}


def _examples(operation: Operation, problem: Problem) -> dict[str, Any]:
    return {kind.code: {"value": _example(operation, kind)} for kind in problem.kinds}


def _example(operation: Operation, kind: ErrorKind) -> dict[str, Any]:
    if kind is Errors.UNAUTHORIZED:
        return UNAUTHORIZED_EXAMPLE
    if kind is Errors.RATE_LIMITED:
        return RATE_LIMITED_EXAMPLE
    return {
        "error": phrase_of(operation, kind),
        "message": ADVICE[kind.code].meaning,
        "details": {"code": kind.code, "requestId": REQUEST_ID},
    }
