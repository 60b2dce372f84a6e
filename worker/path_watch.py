"""Whether a room's media still get through, from what the connection counts. Pure; seconds on one growing clock.

Signalling can live while every packet of sound is lost: a firewall that forgot a UDP flow, an interface that went
away. The SDK says so after 15 s, ICE after 6. What is counted says it earlier. On a path that is well, each side asks
the other every 2.5 s at the latest (STUN on the pair of addresses in use), and is answered at once; who is not
answered asks again within a second. A sign of life is therefore an answer to one of our requests, or a round trip of
RTCP: each needs both directions. What only arrives proves nothing of what we send::

    alive ──a request without an answer──▶ suspect ──more in a row than chance takes──▶ dead
      ▲                                       │
      └──────────── a sign of life ───────────┘        and after the path has died, too

A path that only loses packets is not dead. How many requests in a row it may leave unanswered by chance is known from
what it has lost lately (`worker.path_loss`): two where all the sound has come through, fourteen where every tenth
packet is lost. Where nothing comes any more they are sent every 0.06 s, so even many are soon counted.

Time in which this process was held up proves nothing: what was unanswered then is not counted.

A path that is back before it was taken for dead has left a hole (`Hole`), if sound is known to have been lost in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from worker.path_loss import PathLoss

LOOK_S = 1.0
CLOSE_LOOK_S = 0.25
"""The same while the path is in doubt."""
ANSWER_S = 0.2
"""A request may be so long on its way, there and back, and longer where a round trip is known to take longer."""
HELD_UP_S = 1.0
"""A look that comes so much later than it was due."""
SETTLE_S = 1.0
"""How much was lost is known with the next packets."""
ONE_GAP = 3
"""What is not answered in one gap counts as so many lost requests at most: in a gap far more are sent."""
HOLE_PACKETS = 25
"""Half a second of sound: a word."""


@dataclass(frozen=True, slots=True)
class PathCounts:
    """What one connection (of those that a room has: one, or one for each direction) has counted so far."""

    pair: str
    """The pair of addresses in use; with another one, counting begins anew."""
    requests_sent: int
    answers_received: int
    round_trips: int
    """Measured by RTCP."""
    round_trip_s: float = 0.0
    """The newest one."""
    lost_in: int = 0
    """Packets of people's sound that did not come here."""
    lost_out: int = 0
    """Packets of our sound that did not arrive, as the other side says."""
    came: int = 0
    """Packets of people's sound that did come."""
    went: int = 0
    """Packets of our sound, sent."""


class PathState(StrEnum):
    ALIVE = "alive"
    SUSPECT = "suspect"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Hole:
    """For a while nothing got through in one direction or both, and it does again."""

    alive_s: float
    """Until when all had got through."""
    lost_in: int
    lost_out: int
    """Packets of sound, of people's and of ours."""


_ORDER = (PathState.ALIVE, PathState.SUSPECT, PathState.DEAD)


class PathWatch:
    """Of all connections of one room; the worst of them counts."""

    def __init__(self) -> None:
        self._watches: dict[str, _Watch] = {}
        self._loss = PathLoss()

    def look(self, counts: Mapping[str, PathCounts], now_s: float) -> PathState:
        """`counts`: by the connection's name; to be called again after `wait_s`."""
        for name, counted in counts.items():
            if name not in self._watches:
                self._watches[name] = _Watch(counted, now_s, self._loss)
            else:
                self._watches[name].look(counted, now_s)
        return self.state

    @property
    def state(self) -> PathState:
        return max((watch.state for watch in self._watches.values()), key=_ORDER.index, default=PathState.ALIVE)

    @property
    def alive_s(self) -> float:
        """Until when all is known to have got through. Only while something was counted."""
        return min(watch.alive_s for watch in self._watches.values())

    @property
    def wait_s(self) -> float:
        """After how long to look again."""
        return LOOK_S if self.state is PathState.ALIVE else CLOSE_LOOK_S

    @property
    def unanswered(self) -> int:
        """Of the requests since the last sign of life."""
        return max((watch.unanswered for watch in self._watches.values()), default=0)

    def hole(self) -> Hole | None:
        """What a path that is back has lost; each once, a moment after it is back."""
        return next((hole for watch in self._watches.values() if (hole := watch.hole()) is not None), None)

    def excuse(self, now_s: float) -> None:
        """The other side cannot answer, or is being connected to anew: what is unanswered by now is not counted."""
        for watch in self._watches.values():
            watch.excuse(now_s)


class _Watch:
    def __init__(self, counted: PathCounts, now_s: float, loss: PathLoss) -> None:
        self._counted = counted
        self._looked_s = now_s
        self.alive_s = now_s
        self.state = PathState.ALIVE
        self._at_sign = counted
        """As it was counted at the last sign of life."""
        self._excused_sent = counted.requests_sent
        """How many requests had been sent then, or at an excuse since."""
        self._never_answered = counted.requests_sent - counted.answers_received
        """Requests, by the last sign of life."""
        self._many_since_s: float | None = None
        """Since when there are enough requests without an answer."""
        self._loss = loss
        self._settled_s = now_s
        """Until then what comes to be known as lost may have been lost in a gap."""
        self._hole: tuple[float, float, PathCounts] | None = None
        """When it may be told, until when the path had lived before, and what was counted then."""

    @property
    def unanswered(self) -> int:
        return self._counted.requests_sent - self._excused_sent

    def look(self, counted: PathCounts, now_s: float) -> None:
        before, self._counted = self._counted, counted
        looked_s, self._looked_s = self._looked_s, now_s
        due_s = looked_s + (LOOK_S if self.state is PathState.ALIVE else CLOSE_LOOK_S)
        if self.state is PathState.ALIVE and now_s >= self._settled_s:
            self._carried(before, now_s)
        if counted.pair != before.pair:
            self._at_sign = counted
            self._never_answered = counted.requests_sent - counted.answers_received
            self.excuse(now_s)
        elif _is_sign_of_life(before, counted):
            self._lives(looked_s, now_s)
        elif now_s - due_s >= HELD_UP_S:
            self.excuse(now_s)
        else:
            self._judge(now_s)

    def excuse(self, now_s: float) -> None:
        self._excused_sent = self._counted.requests_sent
        self._many_since_s = None
        self._looked_s = now_s
        if self.state is PathState.DEAD:
            self.state = PathState.SUSPECT

    def hole(self) -> Hole | None:
        if self._hole is None or self._looked_s < self._hole[0]:
            return None
        (_, alive_s, then), self._hole = self._hole, None
        lost_in, lost_out = self._counted.lost_in - then.lost_in, self._counted.lost_out - then.lost_out
        return Hole(alive_s, lost_in, lost_out) if max(lost_in, lost_out) >= HOLE_PACKETS else None

    def _lives(self, looked_s: float, now_s: float) -> None:
        never_answered = self._counted.requests_sent - self._counted.answers_received
        answered = self._counted.answers_received - self._at_sign.answers_received
        self._loss.asked(answered, min(never_answered - self._never_answered, ONE_GAP), now_s)
        self._never_answered = never_answered
        if self.state is not PathState.ALIVE:
            self._settled_s = now_s + SETTLE_S
            self._hole = self._settled_s, self.alive_s, self._at_sign
        # What was sent before the last look has got through; when exactly the sign came, nobody knows.
        self.state, self.alive_s, self._at_sign = PathState.ALIVE, looked_s, self._counted
        self.excuse(now_s)

    def _judge(self, now_s: float) -> None:
        if self.state is PathState.ALIVE and self.unanswered > 0:
            self.state = PathState.SUSPECT
        if self.unanswered < self._loss.patience:
            return
        if self._many_since_s is None:
            self._many_since_s = now_s
        if now_s - self._many_since_s >= max(ANSWER_S, 2 * self._counted.round_trip_s):
            self.state = PathState.DEAD

    def _carried(self, before: PathCounts, now_s: float) -> None:
        now = self._counted
        self._loss.carried(
            now.came - before.came,
            now.lost_in - before.lost_in,
            now.went - before.went,
            now.lost_out - before.lost_out,
            now_s,
        )


def _is_sign_of_life(before: PathCounts, counted: PathCounts) -> bool:
    return counted.answers_received > before.answers_received or counted.round_trips > before.round_trips
