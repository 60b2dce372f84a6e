"""What the caller is owed, and what is done while it does not come. Pure; seconds on one growing clock.

Somebody who has asked and hears nothing hangs up. So whenever the model owes a sound, or is not there at all, a clock
runs, and the silence is filled and the model pushed, in this order::

    3 s    a stored line, and again every 6 s
    5 s    ask again                          ┐ only while a session stands, and again
    10 s   give the session up for another    ┘ from the beginning with each new one
    30 s   give the call up

The clock runs from the moment in which the answer was owed (the end of the caller's turn, our own request, the end of
the sound of an answer that broke off) and stops at the first sound of the model. A stored line is no such sound.

A service that says when to ask again is believed: it is asked then, and neither before nor given up meanwhile.
"""

from __future__ import annotations

from enum import Enum

CLIP_S = 3.0
CLIP_EVERY_S = 6.0
CALM_S = 1.0
"""After the agent's own voice: a stored line right behind its sentence would be odd."""
ASK_AGAIN_S = 5.0
GIVE_UP_SESSION_S = 10.0
GIVE_UP_S = 30.0
REFUSED_MIN_S = 0.5
REFUSED_MAX_S = 4.0
"""An answer that failed without saying when to try again: soon, and then less and less often."""


class Step(Enum):
    CLIP = "clip"
    ASK = "ask"
    ASK_AGAIN = "ask_again"
    """The answer that was asked for did not begin, or stopped."""
    GIVE_UP_SESSION = "give_up_session"
    GIVE_UP = "give_up"


class Patience:
    def __init__(self) -> None:
        self._since_s: float | None = None
        """Since when the caller waits."""
        self._is_owed = False
        self._is_away = False
        self._pushed_s = 0.0
        """Since when it is the model's turn: the last request, or a new session."""
        self._has_pushed = False
        self._ask_at_s: float | None = None
        self._next_clip_s = 0.0
        self._refusals = 0
        self.clips = 0
        """Stored lines in this wait."""

    @property
    def is_owed(self) -> bool:
        return self._is_owed

    def owe(self, now_s: float) -> None:
        """The caller has finished, or the model was asked: a sound is owed."""
        if not self._is_owed:
            self._is_owed = True
            self._begin(now_s)
        self._pushed(now_s)

    def owe_later(self, now_s: float, ask_in_s: float) -> None:
        """A sound is owed, and the model is to be asked for it after a while."""
        self.owe(now_s)
        self._ask_at_s = now_s + ask_in_s

    def settle(self) -> None:
        """The model is heard, or nothing is owed any more."""
        self._is_owed, self._ask_at_s, self._refusals = False, None, 0
        if not self._is_away:
            self._since_s = None

    def begun(self, now_s: float) -> None:
        """The model says that it answers, and has not been heard yet: it may be slow. It is not asked again."""
        if self._is_owed:
            self._pushed(now_s)
            self._has_pushed = True

    def refused(self, now_s: float, retry_after_s: float | None) -> None:
        """The model did not do what was owed; it is asked again when it said, or soon."""
        if not self._is_owed:
            return
        self._refusals += 1
        self._pushed(now_s)
        soon_s = min(REFUSED_MIN_S * 2 ** (self._refusals - 1), REFUSED_MAX_S)
        self._ask_at_s = now_s + (soon_s if retry_after_s is None else retry_after_s)

    def away(self, since_s: float) -> None:
        """There is no session, and the caller waits since then: since now, or since the end of words of which the
        session told nothing."""
        self._is_away = True
        self._ask_at_s = None
        self._begin(since_s)

    def back(self, now_s: float) -> None:
        """There is one again."""
        self._is_away = False
        self._pushed(now_s)
        if not self._is_owed:
            self._since_s = None

    def step(self, now_s: float, silent_s: float) -> Step | None:
        """What is to be done now; to be called several times a second. `silent_s`: for how long nothing was heard of
        the agent, stored lines too."""
        if self._since_s is None:
            return None
        if now_s - self._since_s >= GIVE_UP_S and not self._is_away:
            self._since_s = None
            return Step.GIVE_UP
        if now_s >= self._next_clip_s and silent_s >= CALM_S:
            self._next_clip_s = now_s + CLIP_EVERY_S
            self.clips += 1
            return Step.CLIP
        return self._push(now_s) if self._is_owed and not self._is_away else None

    def _push(self, now_s: float) -> Step | None:
        if self._ask_at_s is not None:
            if now_s < self._ask_at_s:
                return None
            self._pushed(now_s)
            return Step.ASK
        if now_s - self._pushed_s >= GIVE_UP_SESSION_S:
            self._pushed(now_s)
            return Step.GIVE_UP_SESSION
        if now_s - self._pushed_s >= ASK_AGAIN_S and not self._has_pushed:
            self._has_pushed = True
            return Step.ASK_AGAIN
        return None

    def _begin(self, now_s: float) -> None:
        if self._since_s is None:
            self._since_s = now_s
            self._next_clip_s = now_s + CLIP_S
            self.clips = 0

    def _pushed(self, now_s: float) -> None:
        self._pushed_s, self._has_pushed, self._ask_at_s = now_s, False, None
