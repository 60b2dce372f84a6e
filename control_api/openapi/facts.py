"""What follows from a declaration without being said in it."""

from __future__ import annotations

from typing import get_args

from control_api.routes.registry import Operation, Page

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_limited(operation: Operation) -> bool:
    """Whether requests are counted. Ending something never is: who cannot hang up pays for it."""
    return operation.rate_rule.usual is not None


def takes_idempotency_key(operation: Operation) -> bool:
    return operation.method == "POST" and not operation.is_public


def has_pages(operation: Operation) -> bool:
    models = get_args(operation.response) or (operation.response,)
    return any(issubclass(model, Page) for model in models)


def is_write(operation: Operation) -> bool:
    return operation.method not in SAFE_METHODS
