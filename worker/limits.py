"""How long a call may last and how long it may be silent. Pure; seconds on one growing clock."""

from __future__ import annotations

from shared.call_state import EndReason


class Limits:
    def __init__(self, *, max_duration_s: float, idle_timeout_s: float, now_s: float) -> None:
        self._max_duration_s = max_duration_s
        self._idle_timeout_s = idle_timeout_s
        # Until somebody comes the limit of the whole call runs from the agent's own start, so that no job is forever.
        self._started_s = now_s
        self._active_s = now_s
        self._somebody_came = False

    def somebody_came(self, now_s: float) -> None:
        if not self._somebody_came:
            self._somebody_came = True
            self._started_s = now_s
        self._active_s = now_s

    def speech(self, now_s: float) -> None:
        """Somebody speaks."""
        self._active_s = max(self._active_s, now_s)

    def quiet_s(self, now_s: float) -> float | None:
        """For how long nobody speaks; None while nobody has come."""
        return now_s - self._active_s if self._somebody_came else None

    def due(self, now_s: float, *, waiting: bool = False) -> EndReason | None:
        """Why the call must end now, if it must. `waiting`: for somebody who was lost, which is no idleness."""
        if now_s - self._started_s >= self._max_duration_s:
            return EndReason.MAX_DURATION
        if self._somebody_came and not waiting and now_s - self._active_s >= self._idle_timeout_s:
            return EndReason.IDLE_TIMEOUT
        return None
