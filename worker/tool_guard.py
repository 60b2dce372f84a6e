"""A model that calls tools again and again instead of speaking. Pure; seconds on one growing clock."""

from __future__ import annotations

from collections import deque

MAX_CALLS = 5
WITHIN_S = 10.0
"""Nobody's question needs more; what it costs is silence, and a service that is called."""


class ToolGuard:
    def __init__(self) -> None:
        self._called_s: deque[float] = deque(maxlen=MAX_CALLS)

    def allows(self, now_s: float) -> bool:
        """Whether this call is one of at most `MAX_CALLS` within `WITHIN_S`. One that is not does not count."""
        if len(self._called_s) == MAX_CALLS and now_s - self._called_s[0] < WITHIN_S:
            return False
        self._called_s.append(now_s)
        return True
