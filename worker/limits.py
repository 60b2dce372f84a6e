"""How long a call may last, be silent, or wait for its caller. Pure; seconds on one growing clock."""

from __future__ import annotations

from shared.call_state import EndReason


class Limits:
    def __init__(self, *, max_duration_s: float, idle_timeout_s: float, reconnect_grace_s: float, now_s: float) -> None:
        self._max_duration_s = max_duration_s
        self._idle_timeout_s = idle_timeout_s
        self._reconnect_grace_s = reconnect_grace_s
        # Until the caller comes the limit of the whole call runs from the agent's own start, so that no job is forever.
        self._started_s = now_s
        self._active_s = now_s
        self._lost_s: float | None = None
        self._caller_seen = False

    def caller_came(self, now_s: float) -> None:
        if not self._caller_seen:
            self._caller_seen = True
            self._started_s = now_s
        self._lost_s = None
        self._active_s = now_s

    def caller_lost(self, now_s: float) -> None:
        self._lost_s = now_s

    def speech(self, now_s: float) -> None:
        """Somebody speaks."""
        self._active_s = max(self._active_s, now_s)

    def due(self, now_s: float) -> EndReason | None:
        """Why the call must end now, if it must."""
        if now_s - self._started_s >= self._max_duration_s:
            return EndReason.MAX_DURATION
        if self._lost_s is not None:
            return EndReason.CALLER_LOST if now_s - self._lost_s >= self._reconnect_grace_s else None
        if self._caller_seen and now_s - self._active_s >= self._idle_timeout_s:
            return EndReason.IDLE_TIMEOUT
        return None
