"""What follows from a declaration without being said in it."""

from __future__ import annotations

from control_api.routes.registry import Operation

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def is_limited(operation: Operation) -> bool:
    """Whether requests are counted. Ending something never is: who cannot hang up pays for it."""
    return operation.rate_rule.usual is not None


def takes_idempotency_key(operation: Operation) -> bool:
    return operation.method == "POST" and not operation.is_public


def is_write(operation: Operation) -> bool:
    return operation.method not in SAFE_METHODS
