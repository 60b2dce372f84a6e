"""Whether this process's way to the media server is dead, as its calls have told lately. Pure; seconds on one growing
clock.

A job that was given back is offered again within a second, at random, also to who has just given it back. So for a
while this process takes none: another one has it then. Is there no other, it is tried here again: the way may be
well by then. An agent that comes into a room and is heard proves that it is.
"""

from __future__ import annotations

from shared.call_report import AgentGone, AgentJoined, CallEnded, GoneWhy, ReportEvent
from shared.call_state import EndReason

AVOID_S = 5.0
REMEMBER_S = 60.0
"""For so long after a path was lost, a room that cannot be joined is another sign of the same."""


class BadPath:
    def __init__(self) -> None:
        self._lost_s: float | None = None
        self._avoid_until_s = 0.0

    def reported(self, event: ReportEvent, now_s: float) -> None:
        """What a call of this process tells."""
        match event:
            case AgentJoined():
                self._lost_s, self._avoid_until_s = None, 0.0
            case AgentGone(why=GoneWhy.PATH_LOST):
                self._lost_s, self._avoid_until_s = now_s, now_s + AVOID_S
            case CallEnded(reason=EndReason.MEDIA_SERVER_LOST) if self._was_lost_lately(now_s):
                self._avoid_until_s = now_s + AVOID_S
            case _:
                pass

    def is_avoided(self, now_s: float) -> bool:
        return now_s < self._avoid_until_s

    def _was_lost_lately(self, now_s: float) -> bool:
        return self._lost_s is not None and now_s - self._lost_s < REMEMBER_S
