"""Who takes part in a call, and what it means when one of them goes. Pure; seconds on one growing clock.

================  ===========================  =====================================  =======================
kind of call      the agent hears              who goes on purpose ends it with       who is lost and stays so
================  ===========================  =====================================  =======================
support           the caller                   caller: ``caller_hung_up``             ``caller_lost``
user-to-user      everybody                    caller: ``caller_hung_up``,            ``caller_lost``,
                                               callee: ``callee_hung_up``             ``callee_lost``
conference        everybody                    the last one: ``everyone_left``        the last one: the same
================  ===========================  =====================================  =======================

Who is lost has the grace to come back. A conference waits for somebody who was lost only when nobody else is there.
A kind that this worker does not know is taken for the first: a person and an agent.
"""

from __future__ import annotations

from shared.call_state import EndReason
from shared.ids import Identity

USER_TO_USER = "user-to-user"
CONFERENCE = "conference"


def are_several(call_type: str) -> bool:
    """Whether more people than the caller belong to a call of this kind."""
    return call_type in (USER_TO_USER, CONFERENCE)


class People:
    def __init__(self, *, call_type: str, caller: Identity, callee: Identity | None, grace_s: float) -> None:
        self._caller = caller
        self._conference = call_type == CONFERENCE
        self._several = are_several(call_type)
        self._hung_up = {caller: EndReason.CALLER_HUNG_UP}
        self._stayed_away = {caller: EndReason.CALLER_LOST}
        if call_type == USER_TO_USER and callee is not None:
            self._hung_up[callee] = EndReason.CALLEE_HUNG_UP
            self._stayed_away[callee] = EndReason.CALLEE_LOST
        self._grace_s = grace_s
        self._here: set[Identity] = set()
        self._lost_s: dict[Identity, float] = {}

    def belongs(self, who: Identity) -> bool:
        """Whether this person's coming, going and words matter."""
        return self._several or who == self._caller

    def is_greeted(self, who: Identity) -> bool:
        """Whether the agent's greeting is for this person; in a conference it is for the first who comes."""
        return self._conference or who == self._caller

    @property
    def waiting(self) -> bool:
        """The call waits for somebody who was lost: nobody expects it to be lively."""
        return bool(self._awaited())

    def came(self, who: Identity) -> None:
        self._here.add(who)
        self._lost_s.pop(who, None)

    def left(self, who: Identity, now_s: float, *, on_purpose: bool) -> EndReason | None:
        """Why the call is over with that, if it is."""
        self._here.discard(who)
        if on_purpose:
            self._lost_s.pop(who, None)
        else:
            self._lost_s[who] = now_s
        if self._conference:
            return None if self._here or self._lost_s else EndReason.EVERYONE_LEFT
        return self._hung_up.get(who) if on_purpose else None

    def due(self, now_s: float) -> EndReason | None:
        """Why the call must end now: somebody who was lost did not come back in time."""
        gone = [who for who, lost_s in self._awaited().items() if now_s - lost_s >= self._grace_s]
        if self._conference:
            for who in gone:
                del self._lost_s[who]
            return EndReason.EVERYONE_LEFT if gone and not self._lost_s else None
        return self._stayed_away[gone[0]] if gone else None

    def _awaited(self) -> dict[Identity, float]:
        if self._conference:
            return {} if self._here else self._lost_s
        return {who: lost_s for who, lost_s in self._lost_s.items() if who in self._stayed_away}
