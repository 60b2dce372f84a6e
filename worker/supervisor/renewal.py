"""Which process is replaced by a fresh one, and why. Pure.

A process grows by half a megabyte with each call that ends while somebody is still in its room, in the media library's
native side, where nothing of ours reaches (docs/adr/0045-processes-are-replaced.md). So it makes way for another when
it has grown past a bound, or has taken so many calls.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

FEW_CALLS = 10
YOUNG_S = 600.0
"""Who has taken fewer calls and is younger is as large as its successor would be."""
MB = 1e6


class Reason(StrEnum):
    MEMORY = "memory"
    CALLS = "calls"


@dataclass(frozen=True, slots=True)
class Bounds:
    memory_mb: float = math.inf
    calls: float = math.inf


@dataclass(frozen=True, slots=True)
class Seen:
    """One process, as it is now."""

    memory_mb: float
    calls: int
    """That it has taken since it began."""
    age_s: float


def why_replace(seen: Seen, bounds: Bounds) -> Reason | None:
    """None: it may stay."""
    has_grown = seen.calls >= FEW_CALLS or seen.age_s >= YOUNG_S
    if has_grown and seen.memory_mb >= bounds.memory_mb:
        return Reason.MEMORY
    return Reason.CALLS if seen.calls >= bounds.calls else None


def next_to_replace(found: Mapping[str, Seen], bounds: Bounds) -> tuple[str, Reason] | None:
    """One at a time, the largest first, so that no more than one is started beside those that should run."""
    by_size = sorted(found.items(), key=lambda item: item[1].memory_mb, reverse=True)
    due = ((name, reason) for name, seen in by_size if (reason := why_replace(seen, bounds)) is not None)
    return next(due, None)
