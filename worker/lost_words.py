"""Turns of the people whose words are still to come, and what is told when they do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from shared.call_report import Happened, HappenedKind, ReportEvent, Segment
from shared.clock import Clock
from shared.log import get_logger
from worker.conversation import Conversation
from worker.model_line import ModelBack
from worker.owed_words import OwedWords
from worker.recorder import PATH_MS
from worker.untold import WORD_MS

_log = get_logger(__name__)


class LostWords:
    def __init__(self, conversation: Conversation, clock: Clock, report: Callable[[ReportEvent], None]) -> None:
        self._conversation = conversation
        self._clock = clock
        self._report = report
        self.owed = OwedWords()
        self.writes_down = True
        """The session writes down what people say; one that does not has said so, and owes no words."""
        self._cut_off: list[str] = []
        """Items whose end the session that is lost had not told."""

    def tell(self, item_ids: Sequence[str], why: str) -> None:
        """Nobody will ever know what was said in these items."""
        for item_id in item_ids if self.writes_down else ():
            segment = self._conversation.not_understood(item_id, self._clock.now_ms())
            if segment is not None:
                _log.warning("words are lost", why=why)
                self._report(as_said(segment))
                self._report(Happened(HappenedKind.WORDS_LOST, why))

    def tick(self) -> None:
        """To be called several times a second."""
        self.tell(self.owed.late(self._clock.monotonic_s()), "late")

    def session_lost(self, speech: str | None) -> None:
        """`speech`: the item whose end was not told."""
        self.tell(self.owed.give_up(), "session_lost")
        self._cut_off += _items(speech)

    def session_back(self, event: ModelBack) -> None:
        """What is left of a sentence that the break has cut may be heard by the new session, and told under another
        id."""
        cut_off, self._cut_off = self._cut_off, []
        if event.lost_ms >= WORD_MS:
            self.tell(cut_off or [self._unheard(event)], "session_lost")

    def close(self, speech: str | None) -> None:
        """The call is over."""
        self.tell([*self.owed.give_up(), *self._cut_off, *_items(speech)], "call_over")

    def _unheard(self, event: ModelBack) -> str:
        """An item for words that were spoken to no session."""
        from_ms = self._clock.now_ms() - event.lost_ms if event.lost_from_ms is None else event.lost_from_ms
        return self._conversation.unheard(from_ms, from_ms + event.lost_ms)


def _items(speech: str | None) -> list[str]:
    return [] if speech is None else [speech]


def as_said(segment: Segment) -> Segment:
    """What came from a microphone was said before it was here."""
    return replace(segment, start_ms=segment.start_ms - PATH_MS, end_ms=segment.end_ms - PATH_MS)
