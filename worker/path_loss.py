"""What a path loses of what it carries, and how many requests without an answer are therefore too many to be chance.
Pure; seconds on one growing clock.

A request and its answer are two packets; one that is lost in either direction leaves it unanswered. On a path that
loses 10 % of its packets every fifth request is, and two in a row every two minutes. So what is lost is learned, from
three things at once, the newest weighing most:

- the requests themselves (one in 2.5 s; slow, but it is what is asked);
- people's sound that comes here (50 packets a second, or 2.5 while nobody speaks);
- our own sound, as the other side reports.

Asked for are as many in a row as would happen by chance once in a million hours (`patience`). With so little known as
at a call's begin that is many, and after a few seconds of sound in both directions without a loss it is `QUICKEST`.
What people's own networks lose looks as if our path had lost it: this makes us slower, never hasty.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

MEMORY_S = 120.0
"""What is so old weighs a third."""
QUICKEST = 2
LEAST = 3
"""Without so much proof that `QUICKEST` will do."""
MOST = 40
CHANCE = 1e-6 / 3600
"""Of one row of unanswered requests on a path that lives: a row begins once a second at most."""
PROOF = 100.0
"""Packets of sound in each direction of which none was lost: two seconds."""
A_LOSS = 0.5
"""One that was lost weighs less after 83 s."""


@dataclass(slots=True)
class Share:
    """What was lost of what was sent, both fading."""

    sent: float = 0.0
    lost: float = 0.0
    _at_s: float = 0.0

    def add(self, sent: float, lost: float, now_s: float) -> None:
        fading = math.exp(-max(now_s - self._at_s, 0.0) / MEMORY_S)
        self._at_s = now_s
        self.sent = max(self.sent * fading + sent, 0.0)
        self.lost = max(self.lost * fading + lost, 0.0)

    @property
    def is_whole(self) -> bool:
        return self.lost < A_LOSS

    @property
    def chance(self) -> float:
        """That the next one is lost, as far as is seen."""
        return min(self.lost / self.sent, 1.0) if self.sent >= 1 and not self.is_whole else 0.0

    @property
    def careful_chance(self) -> float:
        """The same by Laplace's rule of succession: who knows nothing expects a half."""
        return (self.lost + 1) / (self.sent + 2)


class PathLoss:
    """Of all connections of one room: they go the same way."""

    def __init__(self) -> None:
        self._requests, self._in, self._out = Share(), Share(), Share()

    def asked(self, answered: int, unanswered: int, now_s: float) -> None:
        """Requests whose fate is known. One that was only on its way when it was counted is taken back (-1)."""
        self._requests.add(answered + unanswered, unanswered, now_s)

    def carried(self, came: int, lost_in: int, went: int, lost_out: int, now_s: float) -> None:
        """Packets of sound: people's that came and that did not, ours that were sent, and of these the lost ones."""
        # A track that went away takes its numbers with it: then the sums become less.
        if came >= 0:
            self._in.add(came + lost_in, lost_in, now_s)
        if went >= 0:
            self._out.add(went, lost_out, now_s)

    @property
    def patience(self) -> int:
        """So many requests in a row without an answer are not chance."""
        if self._is_proven_whole:
            return QUICKEST
        chance = min(max(self._requests.careful_chance, self._chance_by_sound), 0.9)
        return min(max(math.ceil(math.log(CHANCE) / math.log(chance)), LEAST), MOST)

    @property
    def _is_proven_whole(self) -> bool:
        known = min(self._in.sent, self._out.sent) >= PROOF
        return known and self._requests.is_whole and self._in.is_whole and self._out.is_whole

    @property
    def _chance_by_sound(self) -> float:
        """That a request or its answer is lost. Of a direction that has carried little we believe what we know of the
        other one."""
        inwards, outwards = self._in.chance, self._out.chance
        if self._out.sent < PROOF:
            outwards = max(outwards, inwards)
        if self._in.sent < PROOF:
            inwards = max(inwards, outwards)
        return 1 - (1 - inwards) * (1 - outwards)
