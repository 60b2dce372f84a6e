"""Whether we are given every microphone that is there, and what to do when not. Pure; seconds on one growing clock.

A room tells that a microphone is there, and then that we are given its sound. The second may never come: after a
signalling connection that was resumed late the SDK takes everybody for gone, makes them anew when it hears of them,
and their sound, which never ceased to arrive, is nobody's. Nothing else shows it: the connection is well, there are
no errors, and who listens hears nothing until the call ends. So it is not waited for, but looked for.

To refuse what is only late does harm: the server may be about to give it, and what it gives, takes and gives again
within a moment comes later (of 74 that were refused and asked for within 60 ms, five had not come after 2.5 s). So a
connection that never broke, to which nothing can have been lost, has the time in which the server looks by itself.

==========================  ==========================================================================================
missing for                 then
==========================  ==========================================================================================
`PATIENCE_S` or `FIRST_S`   it is told, and the sound is refused
the next look               the sound is asked for: with that it comes (livekit 1.1.21: always, within 0.2 s)
`AGAIN_S`, then twice that  once more, and so on, at last every `SELDOM_S`
after `TRIES` of that       given up, if our connection is not the one that we came with: who comes anew fares better.
                            Who did just come would not: perhaps the person does not let us hear them.
==========================  ==========================================================================================
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto

PATIENCE_S = 0.75
"""Of a connection that was away and is back. Between the two is 0.02 s, where nothing else is to be done."""
FIRST_S = 4.0
"""Of one that never was away: the server looks every 3 s whether everybody has what is theirs (livekit-server 1.13)."""
SETTLES_S = 2.0
"""Before what came while it was refused, and was asked for again, counts as missing: it goes and comes meanwhile."""
AGAIN_S = 0.75
SELDOM_S = 12.0
TRIES = 2


class Step(Enum):
    TELL_MISSING = auto()
    REFUSE = auto()
    ASK = auto()
    TELL_FOUND = auto()
    GIVE_UP = auto()


@dataclass(frozen=True, slots=True)
class Do:
    step: Step
    track_id: str
    after_ms: int = 0
    """For how long the microphone was there without being heard."""


@dataclass(slots=True)
class _Missing:
    since_s: float
    due_s: float
    tries: int = 0
    is_told: bool = False
    is_refused: bool = False


class SubscriptionWatch:
    def __init__(self) -> None:
        self._missing: dict[str, _Missing] = {}
        self._came_back = False
        self._settled_s: dict[str, float] = {}
        """When what was asked for again is there, or missing."""

    def came_back(self) -> None:
        """Our connection to the room was away, and is there again, resumed or a new one."""
        self._came_back = True

    def look(self, now_s: float, microphones: Mapping[str, bool], *, connected: bool) -> list[Do]:
        """To be called several times a second. `microphones`: those that are there, and whether we are given their
        sound. While we are not `connected`, nothing can come and nothing counts."""
        self._missing = {track_id: missing for track_id, missing in self._missing.items() if track_id in microphones}
        to_do: list[Do] = []
        for track_id, is_given in microphones.items():
            if is_given:
                to_do += self._given(track_id, now_s)
                continue
            due_s = max(now_s + self._patience_s, self._settled_s.get(track_id, 0.0))
            missing = self._missing.setdefault(track_id, _Missing(now_s, due_s))
            if not connected:
                missing.tries, missing.due_s = 0, due_s
            elif now_s >= missing.due_s:
                to_do += self._next(track_id, missing, now_s)
        return to_do

    @property
    def _patience_s(self) -> float:
        return PATIENCE_S if self._came_back else FIRST_S

    def _given(self, track_id: str, now_s: float) -> list[Do]:
        if (missing := self._missing.pop(track_id, None)) is None:
            return []
        # What came in the moment in which it was refused would go again.
        asked = [Do(Step.ASK, track_id)] if missing.is_refused else []
        if asked:
            self._settled_s[track_id] = now_s + SETTLES_S
        after_ms = round((now_s - missing.since_s) * 1000)
        return [*asked, Do(Step.TELL_FOUND, track_id, after_ms)] if missing.is_told else asked

    def _next(self, track_id: str, missing: _Missing, now_s: float) -> list[Do]:
        if missing.is_refused:
            missing.is_refused = False
            missing.due_s = now_s + min(AGAIN_S * 2 ** (missing.tries - 1), SELDOM_S)
            return [Do(Step.ASK, track_id)]
        if missing.tries >= TRIES and self._came_back:
            return [Do(Step.GIVE_UP, track_id)]
        told = [] if missing.is_told else [Do(Step.TELL_MISSING, track_id)]
        missing.tries, missing.is_told, missing.is_refused = missing.tries + 1, True, True
        return [*told, Do(Step.REFUSE, track_id)]
