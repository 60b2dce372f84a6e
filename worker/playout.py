"""What the agent says, how much of it was handed to the room, and how much of that was heard. Pure: no clock, no loop.

All items lie one behind the other on one line of audio, counted in bytes since the last cut::

    |---- item a ----|-------- item b --------|
                 heard^        ^pushed        ^received

``heard = pushed - what the room still has queued``, which is right within 8 ms (measured on livekit 1.1.21).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from shared import pcm
from worker.ports import Pcm, Queued

FRAME_MS = 100
"""Each frame costs a call into the SDK and an event back, and the next one waits for it: with 50 ms, a busy loop was
late with the second frame, and a caller heard a gap or a later beginning. A frame that is longer than what is free of
the room's queue could not be cut: it plays to its end."""
FRAME_BYTES = FRAME_MS * pcm.BYTES_PER_MS
MAX_UNPLAYED_MS = 10 * 60 * 1000
"""Answers come faster than they are spoken. What goes beyond this is dropped, newest first: nobody listens so long."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One item and what became of it."""

    item_id: str
    heard_ms: int
    received_ms: int
    complete: bool
    """False when it was cut."""


class _Item:
    __slots__ = ("done", "is_unbroken", "item_id", "pushed_bytes", "received_bytes")

    def __init__(self, item_id: str, *, is_unbroken: bool = False) -> None:
        self.is_unbroken = is_unbroken
        self.item_id = item_id
        self.received_bytes = 0
        self.pushed_bytes = 0
        self.done = False


class Playout:
    def __init__(self) -> None:
        self._items: deque[_Item] = deque()
        self._chunks: deque[tuple[_Item, memoryview]] = deque()
        self._unpushed_bytes = 0
        self._settled_bytes = 0
        self._pushed_bytes = 0
        self.dropped_ms = 0.0

    @property
    def idle(self) -> bool:
        """Nothing is being said and nothing waits to be said."""
        return not self._items

    @property
    def waiting(self) -> bool:
        """There is audio that can be handed to the room now."""
        return bool(self._chunks) and not self._is_held_back(self._chunks[0][0])

    @property
    def goes_on(self) -> bool:
        """What is being heard, or would be next, is heard to its end whoever speaks into it. Until then nothing of the
        items behind it is handed over: the room's queue could not be cut between them."""
        return bool(self._items) and self._items[0].is_unbroken

    @property
    def state(self) -> Queued:
        return Queued(pcm.ms_of(self._unpushed_bytes), self.dropped_ms)

    @property
    def ending(self) -> bool:
        """All of the item that is being heard was handed over: it ends when the room's queue has run dry."""
        return (
            bool(self._items) and self._items[0].done and self._items[0].pushed_bytes >= self._items[0].received_bytes
        )

    @property
    def current(self) -> str | None:
        """The item that is being heard, or would be next."""
        return self._items[0].item_id if self._items else None

    def add(self, item_id: str, audio: Pcm, *, unbroken: bool = False) -> None:
        """Queue audio at the end of the line, for the newest item or a new one. `unbroken`: once it is the
        `current` one, no cut takes it away."""
        item = self._newest(item_id, is_unbroken=unbroken)
        room_bytes = MAX_UNPLAYED_MS * pcm.BYTES_PER_MS - self._unpushed_bytes
        view = memoryview(audio)[: max(room_bytes, 0)]
        self.dropped_ms += pcm.ms_of(len(audio) - len(view))
        if len(view):
            self._chunks.append((item, view))
            item.received_bytes += len(view)
            self._unpushed_bytes += len(view)

    def finish(self, item_id: str) -> None:
        """No more audio for this item."""
        for item in self._items:
            if item.item_id == item_id:
                item.done = True

    def finish_all(self) -> None:
        for item in self._items:
            item.done = True

    def next_frame(self) -> tuple[str, memoryview] | None:
        """At most `FRAME_MS` of one item, now counted as handed to the room."""
        if not self.waiting:
            return None
        item, view = self._chunks.popleft()
        frame, rest = view[:FRAME_BYTES], view[FRAME_BYTES:]
        if len(rest):
            self._chunks.appendleft((item, rest))
        item.pushed_bytes += len(frame)
        self._pushed_bytes += len(frame)
        self._unpushed_bytes -= len(frame)
        return item.item_id, frame

    def heard_ms(self, queued_ms: float) -> int:
        """How much of the `current` item was heard."""
        return self._heard_of(self._items[0], self._heard_bytes(queued_ms)) if self._items else 0

    def settle(self, queued_ms: float) -> list[Heard]:
        """Take out the items that were heard to their end."""
        over: list[Heard] = []
        heard_bytes = self._heard_bytes(queued_ms)
        while self._items:
            item = self._items[0]
            if not item.done or item.pushed_bytes < item.received_bytes or heard_bytes < item.received_bytes:
                break
            self._items.popleft()
            heard_bytes -= item.received_bytes
            self._settled_bytes += item.received_bytes
            received_ms = int(pcm.ms_of(item.received_bytes))
            over.append(Heard(item.item_id, received_ms, received_ms, complete=True))
        return over

    def cut(self, queued_ms: float, *, whole: bool = False) -> list[Heard]:
        """Drop everything that was not heard, but (unless `whole`) for what `goes_on`. What was cut comes first to
        last; an item of which nothing was heard has ``heard_ms == 0``."""
        over = self.settle(queued_ms)
        if self.goes_on and not whole:
            return over + self._cut_behind(self._items[0])
        heard_bytes = self._heard_bytes(queued_ms)
        for item in self._items:
            heard_ms = self._heard_of(item, heard_bytes)
            heard_bytes = max(heard_bytes - item.pushed_bytes, 0)
            over.append(Heard(item.item_id, heard_ms, int(pcm.ms_of(item.received_bytes)), complete=False))
        self._items.clear()
        self._chunks.clear()
        self._unpushed_bytes = self._settled_bytes = self._pushed_bytes = 0
        return over

    def _cut_behind(self, first: _Item) -> list[Heard]:
        """Of what stands behind an unbroken item nothing was handed over."""
        dropped = [item for item in self._items if item is not first]
        self._items = deque([first])
        self._chunks = deque((item, view) for item, view in self._chunks if item is first)
        self._unpushed_bytes = sum(len(view) for _, view in self._chunks)
        return [Heard(item.item_id, 0, int(pcm.ms_of(item.received_bytes)), complete=False) for item in dropped]

    def _is_held_back(self, item: _Item) -> bool:
        return self.goes_on and item is not self._items[0]

    def _newest(self, item_id: str, *, is_unbroken: bool) -> _Item:
        if self._items and self._items[-1].item_id == item_id:
            return self._items[-1]
        if self._items:
            # The model makes one item after the other; audio of a new one says that the one before is complete.
            self._items[-1].done = True
        self._items.append(_Item(item_id, is_unbroken=is_unbroken))
        return self._items[-1]

    def _heard_bytes(self, queued_ms: float) -> int:
        """Heard bytes of the line, from the start of the `current` item."""
        return max(self._pushed_bytes - pcm.bytes_of(queued_ms) - self._settled_bytes, 0)

    @staticmethod
    def _heard_of(item: _Item, heard_bytes: int) -> int:
        return int(pcm.ms_of(min(heard_bytes, item.pushed_bytes)))
