"""The limits of a call, in seconds, and how they hang together."""

from __future__ import annotations

from dataclasses import dataclass

LONGEST_WAIT_S = 600
"""For so long a call waits for a caller who asks for it again and again, and does not come."""


@dataclass(frozen=True, slots=True)
class Limits:
    max_call_s: int = 3600
    idle_timeout_s: int = 120
    no_show_s: int = 60
    ring_s: int = 30
    reconnect_grace_s: int = 30
    max_open_calls_per_user: int = 2
    dispatch_retry_s: int = 3
    dispatch_give_up_s: int = 15
    recovery_retry_s: int = 1
    """In place of `dispatch_retry_s` for an agent that takes the place of one that was lost: the caller sits in
    silence, and LiveKit offers the job to the wedged worker as readily as to one that is well."""
    recovery_give_up_s: int = 15
    later_token_s: int = 600
    """A token of a call that is connected lives so long; before that, it dies with the no-show limit."""

    @property
    def room_empty_timeout_s(self) -> int:
        """LiveKit closes a room that nobody joined; our own limit must come first, since it knows the reason."""
        return LONGEST_WAIT_S + self.no_show_s + 30

    @property
    def room_departure_timeout_s(self) -> int:
        """The same for a room that everyone has left."""
        return self.reconnect_grace_s + 30

    @property
    def agent_token_s(self) -> int:
        return self.max_call_s + self.reconnect_grace_s + 600
