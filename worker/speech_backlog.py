"""Speech that waits for its words: what is tried next, and when. Pure; seconds on one growing clock.

1. *New speech goes first*, since somebody reads the captions; then what waits, the oldest first.
2. *While the service is down* only one is tried at a time, after a pause that doubles up to `RETRY_MAX_S`. One that was
   not taken goes to the end of the line, so that the next try is another one: nothing blocks the others.
3. *Nothing is given up because the service is down.* What it did not take `GIVE_UP` times, while it took others in
   between, it will never take: it is dropped.
4. *At most `MAX_BYTES` wait.* What does not fit is dropped, the newest first: what was begun with is written down.

What is dropped is counted, and logged by whoever asked.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Generic, TypeVar

MAX_BYTES = 1024 * 1024 * 1024
"""6 hours of speech."""
RETRY_MIN_S = 1.0
RETRY_MAX_S = 30.0
GIVE_UP = 3

T = TypeVar("T")


@dataclass(slots=True)
class Entry(Generic[T]):
    item: T
    size_bytes: int
    failed_at: int | None = None
    """How much had been written down when it failed last."""
    failures: int = 0
    """How often it failed although others did not."""


class SpeechBacklog(Generic[T]):
    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._size_bytes = 0
        self._new: deque[Entry[T]] = deque()
        self._waiting: deque[Entry[T]] = deque()
        self._tried = 0
        """How many are being tried."""
        self._written = 0
        self._retry_s = RETRY_MIN_S
        self._due_s: float | None = None
        """When the service that is down may be tried again; None: it is up."""
        self.dropped = 0

    @property
    def is_empty(self) -> bool:
        return not (self._new or self._waiting or self._tried)

    def fits(self, size_bytes: int) -> bool:
        """Whether so much more may wait; counts it as dropped when not."""
        if self._size_bytes + size_bytes <= self._max_bytes:
            return True
        self.dropped += 1
        return False

    def add(self, item: T, size_bytes: int, *, is_new: bool = True) -> None:
        """`is_new` False: of an earlier process, and taken whether it fits or not, since it is there already."""
        self._size_bytes += size_bytes
        (self._new if is_new else self._waiting).append(Entry(item, size_bytes))

    def take(self, now_s: float) -> Entry[T] | None:
        """What to try now, to be given back by `done` or `failed`."""
        if self._due_s is not None and (self._tried or now_s < self._due_s):
            return None
        lane = self._new or self._waiting
        if not lane:
            return None
        self._tried += 1
        return lane.popleft()

    def wait_s(self, now_s: float) -> float | None:
        """After how long `take` may give something that it does not give now; None: when something happens."""
        waits = self._due_s is not None and not self._tried and (self._new or self._waiting)
        return max(self._due_s - now_s, 0.0) if waits and self._due_s is not None else None

    def done(self, entry: Entry[T]) -> None:
        """Its words are known."""
        self._forget(entry)
        self._written += 1
        self._due_s, self._retry_s = None, RETRY_MIN_S

    def failed(self, entry: Entry[T], now_s: float) -> bool:
        """It was not taken. False: it is given up."""
        if self._due_s is None or now_s >= self._due_s:
            self._due_s = now_s + self._retry_s
            self._retry_s = min(self._retry_s * 2, RETRY_MAX_S)
        if entry.failed_at is not None and entry.failed_at < self._written:
            entry.failures += 1
        entry.failed_at = self._written
        if entry.failures >= GIVE_UP:
            self._forget(entry)
            self.dropped += 1
            return False
        self._tried -= 1
        self._waiting.append(entry)
        return True

    def _forget(self, entry: Entry[T]) -> None:
        self._tried -= 1
        self._size_bytes -= entry.size_bytes
