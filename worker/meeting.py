"""Whether the people of a call without an agent have met, by who is in its room. Pure.

The API decides when a call is connected, and orders recordings then. Words are written down without an order, so a
recorder that is there early looks by itself, with the same rule: of a call between two users these two, else any two.
"""

from __future__ import annotations

from shared.claims import Claim
from shared.ids import Identity
from worker.people import USER_TO_USER


class Meeting:
    def __init__(self, claim: Claim) -> None:
        self._awaited: frozenset[Identity | None] | None = None
        if claim.call_type == USER_TO_USER:
            self._awaited = frozenset({claim.caller_identity, claim.callee_identity})
        self._here: set[Identity] = set()
        self.has_begun = not claim.is_early
        """Stays so: who is lost for a moment comes back to the same talk."""

    def came(self, who: Identity) -> None:
        self._here.add(who)
        self.has_begun = self.has_begun or self._are_all_here

    def left(self, who: Identity) -> None:
        self._here.discard(who)

    @property
    def _are_all_here(self) -> bool:
        return len(self._here) >= 2 if self._awaited is None else self._awaited <= self._here
