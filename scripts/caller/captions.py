"""Captions as LiveKit's agents send them, put together. Pure.

Each text stream on `lk.transcription` has a segment id. The agent's words come as one stream that grows; a person's
come as several streams of the same segment, each of which replaces the one before.
"""

from __future__ import annotations

from dataclasses import dataclass

TOPIC = "lk.transcription"
SEGMENT_ID = "lk.segment_id"
FINAL = "lk.transcription_final"


@dataclass(slots=True)
class Caption:
    speaker: str
    """An identity."""
    segment_id: str
    began_s: float
    text: str = ""
    final: bool = False
    streams: int = 0
    """How many streams of its segment have begun."""

    def add(self, words: str, stream: int) -> bool:
        """Words of its `stream`-th stream. False: a later one has begun, and stands for it."""
        if stream != self.streams:
            return False
        self.text += words
        return True


class Captions:
    def __init__(self) -> None:
        self._captions: dict[tuple[str, str], Caption] = {}

    def all(self) -> list[Caption]:
        """In the order in which they began."""
        return list(self._captions.values())

    def open(self, speaker: str, segment_id: str, now_s: float) -> Caption:
        """A stream begins; what an earlier stream of its segment said is replaced."""
        caption = self._captions.setdefault((speaker, segment_id), Caption(speaker, segment_id, now_s))
        caption.text = ""
        caption.streams += 1
        return caption

    def text_of(self, speaker: str, from_s: float, to_s: float) -> str:
        """What `speaker` began to say in that time."""
        said = (c.text.strip() for c in self.all() if c.speaker == speaker and from_s <= c.began_s < to_s)
        return " ".join(text for text in said if text)
