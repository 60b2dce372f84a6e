"""How long a call may last and how long it may be silent. Pure; seconds on one growing clock.

Sound counts as activity for as long as it may turn out to be words. When it had none, it did not count, nor did what
the agent said to it: a call in which nothing but a fan is heard ends as a silent one does.
"""

from __future__ import annotations

from shared.call_state import EndReason


class Limits:
    def __init__(self, *, max_duration_s: float, idle_timeout_s: float, now_s: float) -> None:
        self._max_duration_s = max_duration_s
        self._idle_timeout_s = idle_timeout_s
        # Until somebody comes the limit of the whole call runs from the agent's own start, so that no job is forever.
        self._started_s = now_s
        self._active_s = now_s
        self._sound_s = now_s
        """When there was sound last of which it is not known whether it holds words."""
        self._was_noise = False
        """The idle time is over, and all that was heard in it was noise."""
        self._somebody_came = False

    def somebody_came(self, now_s: float) -> None:
        if not self._somebody_came:
            self._somebody_came = True
            self._started_s = now_s
        self._active_s = now_s

    def speech(self, now_s: float) -> None:
        """Somebody speaks."""
        self._active_s = max(self._active_s, now_s)
        self._was_noise = False

    def sound(self, now_s: float) -> None:
        """Somebody may be speaking."""
        self._sound_s = max(self._sound_s, now_s)

    def no_words(self, now_s: float) -> None:
        """In all that sound there were none."""
        self._sound_s = self._active_s
        self._was_noise = now_s - self._active_s >= self._idle_timeout_s

    def quiet_s(self, now_s: float) -> float | None:
        """For how long nobody speaks; None while nobody has come."""
        return now_s - max(self._active_s, self._sound_s) if self._somebody_came else None

    def due(self, now_s: float, *, waiting: bool = False) -> EndReason | None:
        """Why the call must end now, if it must. `waiting`: for somebody who was lost, which is no idleness."""
        if now_s - self._started_s >= self._max_duration_s:
            return EndReason.MAX_DURATION
        idle_s = self.quiet_s(now_s)
        if idle_s is not None and not waiting and (self._was_noise or idle_s >= self._idle_timeout_s):
            return EndReason.IDLE_TIMEOUT
        return None
