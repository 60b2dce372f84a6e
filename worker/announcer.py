"""The one task that shows in the room what is said and what the agent does: captions and the agent's state.

It publishes the newest of everything and skips what was overtaken, so a slow room costs freshness and never memory:
at most `MAX_PENDING` segments of people wait (the oldest interim one is dropped first; final ones are few and stay),
one mood, and the agent's words are asked for, not queued.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from shared.clock import Clock
from shared.ids import Identity
from worker.ports import AgentMood, CallRoom, CaptionStream
from worker.waiting import first_of

MAX_PENDING = 32
PACE_S = 0.2
"""How often the agent's words are brought up to where the caller is; also the least time between two interim texts."""


@dataclass(frozen=True, slots=True)
class PersonCaption:
    speaker: Identity
    track_id: str | None
    segment_id: str
    text: str = field(repr=False)
    final: bool


class Announcer:
    def __init__(self, room: CallRoom, clock: Clock, *, agent_words: Callable[[], tuple[str, str] | None]) -> None:
        """`agent_words` gives the id of the agent's current segment and its words heard so far."""
        self._room = room
        self._clock = clock
        self._agent_words = agent_words
        self._wake = asyncio.Event()
        self._urgent = asyncio.Event()
        self._mood: AgentMood | None = None
        self._shown_mood: AgentMood | None = None
        self._people: OrderedDict[str, PersonCaption] = OrderedDict()
        self._over: deque[tuple[str, str]] = deque(maxlen=MAX_PENDING)
        self._stream: CaptionStream | None = None
        self._segment_id: str | None = None
        self._shown_chars = 0
        self.dropped = 0
        """Interim captions of people that were dropped because the room was too slow."""

    def show_mood(self, mood: AgentMood) -> None:
        self._mood = mood
        self._hurry()

    def show_person(self, caption: PersonCaption) -> None:
        self._people[caption.segment_id] = caption
        if len(self._people) > MAX_PENDING:
            oldest = next((key for key, waiting in self._people.items() if not waiting.final), None)
            self._people.pop(oldest if oldest is not None else next(iter(self._people)))
            self.dropped += 1
        self._wake.set()

    def agent_speaks(self) -> None:
        self._wake.set()

    def agent_said(self, segment_id: str, text: str) -> None:
        """A segment of the agent is over, and this is all that was heard of it."""
        self._over.append((segment_id, text))
        self._hurry()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._wake.clear()
            self._urgent.clear()
            await self.publish()
            if self._agent_words() is None and not self._wake.is_set():
                await self._wake.wait()
            else:
                await first_of(self._urgent, self._clock, PACE_S)

    def _hurry(self) -> None:
        self._urgent.set()
        self._wake.set()

    async def publish(self) -> None:
        """Bring the room up to date once."""
        if self._mood is not None and self._mood is not self._shown_mood:
            self._shown_mood = self._mood
            await self._room.show_mood(self._mood)
        while self._people:
            _, caption = self._people.popitem(last=False)
            await self._room.caption(caption.speaker, caption.track_id, caption.segment_id, caption.text, caption.final)
        while self._over:
            segment_id, text = self._over.popleft()
            await self._write(segment_id, text)
            await self._finish()
        if (words := self._agent_words()) is not None:
            await self._write(*words)

    async def _write(self, segment_id: str, text: str) -> None:
        if segment_id != self._segment_id:
            await self._finish()
            if not text:
                return
            self._segment_id, self._shown_chars = segment_id, 0
            self._stream = await self._room.agent_caption(segment_id)
        if self._stream is not None and len(text) > self._shown_chars:
            fresh, self._shown_chars = text[self._shown_chars :], len(text)
            await self._stream.write(fresh)

    async def _finish(self) -> None:
        stream, self._stream, self._segment_id = self._stream, None, None
        if stream is not None:
            await stream.finish()
