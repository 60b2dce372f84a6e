"""Who said what, and when: what a call reports about its words. Pure; fed by the bridge.

An item of the agent becomes a segment when it was heard to its end or cut, with the words that were heard. An item of
the caller becomes one when its transcription is final. Ids of segments are the model's ids of items.
"""

from __future__ import annotations

from typing import TypeVar

from shared.call_report import AGENT_SPEAKER, MAX_TEXT_CHARS, Segment
from shared.ids import Identity
from worker.captions import AgentWords
from worker.playout import Heard

MAX_OPEN_ITEMS = 64

_T = TypeVar("_T")


class Conversation:
    def __init__(self, caller: Identity) -> None:
        self._caller = caller
        self._agent: dict[str, AgentWords] = {}
        self._caller_times: dict[str, tuple[int, int | None]] = {}

    def agent_item(self, item_id: str) -> AgentWords:
        """The words of an item of the agent that is not over yet."""
        if item_id not in self._agent:
            _make_room(self._agent)
            self._agent[item_id] = AgentWords()
        return self._agent[item_id]

    def agent_heard(self, item_id: str, heard_ms: int) -> str:
        words = self._agent.get(item_id)
        return words.heard(heard_ms) if words else ""

    def agent_over(self, heard: Heard, *, started_ms: int | None) -> Segment | None:
        """The item is over; None when nothing of it was heard."""
        words = self._agent.pop(heard.item_id, None)
        if words is None or started_ms is None or heard.heard_ms <= 0:
            return None
        text = words.text if heard.complete else words.heard(heard.heard_ms)
        if not text.strip():
            return None
        return Segment(heard.item_id, AGENT_SPEAKER, text[:MAX_TEXT_CHARS], started_ms, started_ms + heard.heard_ms)

    def caller_started(self, item_id: str, at_ms: int) -> None:
        _make_room(self._caller_times)
        self._caller_times[item_id] = (at_ms, None)

    def caller_stopped(self, item_id: str, at_ms: int) -> None:
        started_ms, _ = self._caller_times.get(item_id, (at_ms, None))
        self._caller_times[item_id] = (started_ms, max(at_ms, started_ms))

    def caller_words(self, item_id: str, text: str, now_ms: int) -> Segment | None:
        """The final text of an item of the caller; None when it has no words."""
        started_ms, ended_ms = self._caller_times.pop(item_id, (now_ms, None))
        if not text.strip():
            return None
        return Segment(
            item_id, self._caller, text.strip()[:MAX_TEXT_CHARS], started_ms, max(ended_ms or now_ms, started_ms)
        )


def _make_room(items: dict[str, _T]) -> None:
    """Items that are never completed (a transcription that fails, an answer without sound) must not pile up."""
    while len(items) >= MAX_OPEN_ITEMS:
        items.pop(next(iter(items)))
