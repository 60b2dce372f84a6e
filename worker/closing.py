"""Closing what belongs together: one part that fails, or one step, keeps no other from being closed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from shared.log import get_logger

_log = get_logger(__name__)


async def close_all(*closing: Awaitable[None]) -> None:
    """Wait for all of them. What one raises is logged; a cancellation reaches all."""
    for outcome in await asyncio.gather(*closing, return_exceptions=True):
        if isinstance(outcome, Exception):
            _log.error("something could not be closed", exc_info=outcome)


def step(do: Callable[[], object]) -> None:
    """One step on the way out, behind which others follow: what it raises is logged."""
    try:
        do()
    except Exception:
        _log.exception("a step of closing failed")
