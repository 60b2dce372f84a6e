"""A turn of the people that does not end. Pure; seconds on one growing clock.

The model's detector ends a turn when it hears a pause. Under music, a fan or a room full of talk there is none, and
the agent would never speak again. So one turn has a longest length. Then the model hears silence in place of the
microphones (`worker.ears`), which every detector takes for the end of the turn::

    turn begins ──LONGEST_S──▶ hushed ──▶ the detector ends the turn, the model answers ──▶ listens again
                                  │ not within END_S: it is ended here, and asked for               │
       │                                                                                            │ at once, if there
       │ cut an answer off                                                                          │ were words; else
       └──INTERRUPTION_S──▶ what was said so far is written down: no words? hushed at once          │ behind the answer

A detector that was asked for the words so far may not tell of the end any more, when there was nothing but that end to
come: then silence is taken for it, and the model is asked for its answer.

Noise cannot interrupt the answer to noise in that way. Without a transcription nothing tells noise from words: then
only the longest length holds, and who has talked for so long without a pause is heard again behind the answer.
"""

from __future__ import annotations

from enum import Enum

LONGEST_S = 30.0
"""Without a pause of half a second: people breathe."""
GO_ON_S = 0.7
"""After the words so far were asked for, a detector has told by then of somebody who still talks."""
GONE_S = 1.5
"""Who is not loud for so long, in a turn that goes on, is soft: that is no silence."""
INTERRUPTION_S = 4.0
"""Whoever interrupts the agent for so long has said a word. With the transcriber's time and the answer's it is less
than the 7 s that a caller may wait behind an answer that broke off."""
END_S = 2.0
"""A detector needs half a second of silence."""


class Step(Enum):
    LISTEN_IN = "listen_in"
    """Have written down what was said so far."""
    ASK = "ask"
    """They were the last, and the detector does not know: it is the agent's turn."""
    HUSH = "hush"
    END = "end"
    """The detector does not end the turn: take it for ended."""


class LongTurn:
    def __init__(self) -> None:
        self._began_s: float | None = None
        self._item_id = ""
        self._interrupts = False
        self._listened_in = False
        self._goes_on = True
        """The detector knows that somebody talks."""
        self._listened_s = 0.0
        self._is_noise = False
        self._hushed_s = 0.0
        self.is_hushed = False
        """The model hears nothing of the people."""

    def started(self, item_id: str, now_s: float, *, interrupts: bool) -> None:
        """Speech, as the detector says. `interrupts`: it has cut an answer off. A turn of which a part was written down
        goes on under another item."""
        self._goes_on = True
        if self._began_s is None:
            self._began_s, self._item_id, self._interrupts = now_s, item_id, interrupts
            self._listened_in = self._is_noise = False

    def stopped(self) -> None:
        self._began_s = None

    def words(self) -> None:
        """Somebody has said something that can be written down."""
        self.is_hushed = self._is_noise = False

    def no_words(self, item_id: str) -> None:
        """There are none in this item."""
        self._is_noise = self._listened_in and item_id == self._item_id

    def forget(self) -> None:
        """The session that told of the turn is lost."""
        self._began_s = None
        self.words()

    def length_s(self, now_s: float) -> float:
        return now_s - self._began_s if self._began_s is not None else 0.0

    def step(self, now_s: float, *, answered: bool, silent_s: float = 0.0) -> Step | None:
        """What is to be done now; to be called several times a second. `answered`: nothing is owed or being said.
        `silent_s`: how long ago the people were heard last."""
        if self._began_s is None:
            self.is_hushed = self.is_hushed and not answered
            return None
        if self.is_hushed:
            return self._end(now_s)
        if self._is_noise or now_s - self._began_s >= LONGEST_S:
            self.is_hushed, self._hushed_s = True, now_s
            return Step.HUSH
        if self._interrupts and not self._listened_in and now_s - self._began_s >= INTERRUPTION_S:
            self._listened_in, self._goes_on, self._listened_s = True, False, now_s
            return Step.LISTEN_IN
        if not self._goes_on and min(silent_s, now_s - self._listened_s) >= GO_ON_S:
            self._began_s, self._goes_on = None, True
            return Step.ASK
        return None

    def _end(self, now_s: float) -> Step | None:
        if now_s - self._hushed_s < END_S:
            return None
        self._began_s = None
        return Step.END
