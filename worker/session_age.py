"""How long a session of the model has lived, and whether it is time for another. Pure; seconds on one growing clock.

The service ends every session after an hour, whatever is being said. So from a while before, the next pause in the
talk is used for another one.
"""

from __future__ import annotations

SESSION_S = 3600.0
EARLY_SHARE = 0.25
EARLY_MAX_S = 600.0
"""So long before the end a pause is looked for: ten minutes of talk without one are not to be expected."""


class SessionAge:
    def __init__(self, longest_s: float) -> None:
        self._longest_s = longest_s
        self._lives_s = longest_s
        self._began_s: float | None = None

    @property
    def has_begun(self) -> bool:
        return self._began_s is not None

    def began(self, now_s: float, now_ms: int, expires_at_ms: int | None) -> None:
        """A session is ready; `now_ms` and `expires_at_ms` (what the service says of its end) are ms since 1970."""
        self._began_s = now_s
        self._lives_s = self._longest_s
        if expires_at_ms is not None and expires_at_ms > now_ms:
            self._lives_s = min(self._longest_s, (expires_at_ms - now_ms) / 1000)

    def seconds(self, now_s: float) -> float:
        return 0.0 if self._began_s is None else now_s - self._began_s

    def is_due(self, now_s: float) -> bool:
        early_s = min(self._lives_s * EARLY_SHARE, EARLY_MAX_S)
        return self._began_s is not None and now_s - self._began_s >= self._lives_s - early_s
