"""Who said what, and when: what a call reports about its words. Pure; fed by the dialogue.

An item of the agent becomes a segment when it was heard to its end or cut, with the words that were heard. An item of
the people becomes one when its transcription is final, or when it is known that there will be none: that somebody
spoke is true also when nobody knows what. Ids of segments are the model's ids of items; what is told of an item again
changes its words at most, and neither its place nor its speaker.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from shared import writing
from shared.call_report import AGENT_SPEAKER, MAX_TEXT_CHARS, NOT_UNDERSTOOD, WRITTEN_PREFIX, Segment
from shared.ids import Identity
from worker.captions import AgentWords
from worker.clip import ITEM_PREFIX
from worker.playout import Heard
from worker.ports import Said
from worker.untold import WORD_MS

UNHEARD_PREFIX = "unheard_"
"""How ids of segments begin whose words no session has heard."""
MAX_OPEN_ITEMS = 64
MAX_HISTORY_CHARS = 32 * 1024
"""About 8,000 tokens, a quarter of what a Realtime session holds; the oldest is forgotten. Half an hour of talk."""

_T = TypeVar("_T")


@dataclass(slots=True)
class _Spoken:
    started_ms: int
    ended_ms: int | None = None
    speaker: Identity | None = None
    is_wordless: bool = False
    """The transcriber has found no words."""


class Conversation:
    def __init__(
        self,
        caller: Identity,
        who_spoke: Callable[[int, int], Identity | None],
        earlier: Sequence[Said] = (),
    ) -> None:
        """`who_spoke` between two moments (milliseconds since 1970); None is taken for the caller. `earlier` is what
        was said before this agent came."""
        self._caller = caller
        self._who_spoke = who_spoke
        self._agent: dict[str, AgentWords] = {}
        self._spoken: dict[str, _Spoken] = {}
        self._segments: dict[str, Segment] = {}
        self._segment_chars = 0
        self._messages = 0
        for number, said in enumerate(earlier):
            self._segment(f"earlier {number}", AGENT_SPEAKER if said.by_agent else caller, said.text, 0, 0)

    def agent_item(self, item_id: str) -> AgentWords:
        """The words of an item of the agent that is not over yet."""
        if item_id not in self._agent:
            _make_room(self._agent)
            self._agent[item_id] = AgentWords()
        return self._agent[item_id]

    def agent_heard(self, item_id: str, heard_ms: int) -> str:
        words = self._agent.get(item_id)
        return words.heard(heard_ms) if words else ""

    def agent_broke_off(self, item_id: str) -> None:
        """Nothing more comes of the item, and its end had not come."""
        if (words := self._agent.get(item_id)) is not None:
            words.break_off()

    def agent_over(self, heard: Heard, *, started_ms: int | None) -> Segment | None:
        """The item is over; None when nothing of it was heard."""
        words = self._agent.pop(heard.item_id, None)
        if words is None or started_ms is None or heard.heard_ms <= 0:
            return None
        is_cut = words.is_broken or not heard.complete
        text = words.heard(heard.heard_ms) if is_cut else words.text
        ended_ms = started_ms + heard.heard_ms
        return self._segment(heard.item_id, AGENT_SPEAKER, text, started_ms, ended_ms, is_cut=is_cut)

    def agent_unheard(self, item_id: str, text: str, heard_ms: int) -> Segment | None:
        """Of an item that was told to be over, only this was heard after all; None for one that is not known. An empty
        text takes the segment back."""
        known = self._segments.get(item_id)
        if known is None:
            return None
        shorter = replace(known, text=text, end_ms=known.start_ms + heard_ms, is_cut=True)
        self._segment_chars -= len(known.text) - len(text)
        self._segments[item_id] = shorter
        if not text.strip():
            del self._segments[item_id]
        return shorter

    def person_started(self, item_id: str, at_ms: int) -> None:
        """A turn that goes on under another item has ended where that begins."""
        newest = next(reversed(self._spoken.values()), None)
        if newest is not None and newest.ended_ms is None:
            newest.ended_ms = max(at_ms, newest.started_ms)
        _make_room(self._spoken)
        self._spoken[item_id] = _Spoken(at_ms)

    def person_stopped(self, item_id: str, at_ms: int) -> None:
        if item_id not in self._spoken:
            self.person_started(item_id, at_ms)
        spoken = self._spoken[item_id]
        spoken.ended_ms = max(at_ms, spoken.started_ms)

    def speaker(self, item_id: str, now_ms: int) -> Identity:
        """Whose words an item of the people holds. Decided when it is first asked for: a caption does not change
        hands."""
        if (known := self._segments.get(item_id)) is not None:
            return Identity(known.speaker)
        spoken = self._spoken.get(item_id)
        if spoken is None:
            return self._caller
        if spoken.speaker is None:
            spoken.speaker = self._who_spoke(spoken.started_ms, spoken.ended_ms or now_ms) or self._caller
        return spoken.speaker

    def person_words(self, item_id: str, text: str, now_ms: int) -> Segment | None:
        """The final text of an item of the people; None when it has no words, or has these already."""
        speaker = self.speaker(item_id, now_ms)
        started_ms, ended_ms = self._span(item_id, now_ms)
        known = self._segments.get(item_id)
        if not text.strip() and item_id in self._spoken:
            self._spoken[item_id].is_wordless = True
        segment = self._segment(item_id, speaker, text.strip(), started_ms, ended_ms)
        return None if segment == known else segment

    def unheard(self, from_ms: int, until_ms: int) -> str:
        """An item for words that were spoken to no session."""
        item_id = f"{UNHEARD_PREFIX}{from_ms}"
        self.person_started(item_id, from_ms)
        self.person_stopped(item_id, until_ms)
        return item_id

    def person_wrote(self, who: Identity, text: str, now_ms: int) -> Segment | None:
        """A message of the chat. It is given an id that no client can choose."""
        self._messages += 1
        return self._segment(f"{WRITTEN_PREFIX}{now_ms}_{self._messages}", who, text.strip(), now_ms, now_ms)

    def has_words(self, item_id: str) -> bool:
        """The final text of the item is known."""
        return item_id in self._segments and self._segments[item_id].text != NOT_UNDERSTOOD

    def not_understood(self, item_id: str, now_ms: int) -> Segment | None:
        """The item of the people has no words, and none are expected; None when they are known, or it was too short for
        any."""
        started_ms, ended_ms = self._span(item_id, now_ms)
        spoken = self._spoken.get(item_id)
        is_wordless = spoken is not None and spoken.is_wordless
        if item_id in self._segments or is_wordless or ended_ms - started_ms < WORD_MS:
            return None
        return self._segment(item_id, self.speaker(item_id, now_ms), NOT_UNDERSTOOD, started_ms, ended_ms)

    def _span(self, item_id: str, now_ms: int) -> tuple[int, int]:
        """When an item of the people was spoken."""
        if (known := self._segments.get(item_id)) is not None:
            return known.start_ms, known.end_ms
        spoken = self._spoken.get(item_id) or _Spoken(now_ms)
        return spoken.started_ms, max(spoken.ended_ms or now_ms, spoken.started_ms)

    def history(self) -> list[Said]:
        """What was said so far and heard, in the order in which it was begun, for a model that was not there; last what
        is being said now and will be heard. Without stored lines (`worker.clip`)."""
        said = (segment for segment in self._segments.values() if not segment.segment_id.startswith(ITEM_PREFIX))
        ordered = sorted(said, key=lambda segment: segment.start_ms)
        open_items = (words for item_id, words in self._agent.items() if not item_id.startswith(ITEM_PREFIX))
        now = [text for words in open_items if (text := words.sounded.strip())]
        return [
            *(Said(segment.speaker == AGENT_SPEAKER, segment.text.strip()) for segment in ordered),
            *(Said(by_agent=True, text=text) for text in now),
        ]

    def _segment(
        self, item_id: str, speaker: str, text: str, start_ms: int, end_ms: int, *, is_cut: bool = False
    ) -> Segment | None:
        if not text.strip():
            return None
        segment = Segment(item_id, speaker, writing.cut(text, MAX_TEXT_CHARS), start_ms, end_ms, is_cut)
        if (earlier := self._segments.pop(item_id, None)) is not None:
            self._segment_chars -= len(earlier.text)
        self._segments[item_id] = segment
        self._segment_chars += len(segment.text)
        while self._segment_chars > MAX_HISTORY_CHARS:
            self._segment_chars -= len(self._segments.pop(next(iter(self._segments))).text)
        return segment


def _make_room(items: dict[str, _T]) -> None:
    """Items that are never completed (a transcription that fails, an answer without sound) must not pile up."""
    while len(items) >= MAX_OPEN_ITEMS:
        items.pop(next(iter(items)))
