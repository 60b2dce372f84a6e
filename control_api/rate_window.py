"""The port to where requests are counted. Adapters: memory, Redis, Upstash."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Hit:
    """What came of one request."""

    passed: bool
    used: int
    """Requests counted in the window that ends now, this one included when it passed. A refused one is not counted."""
    free_at_ms: int
    """Passed: when the oldest counted request leaves the window. Refused: when one would pass again."""


class RateWindowUnavailable(Exception):
    """The store did not count; the text names the kind of fault, never an address or a key."""


class RateWindow(Protocol):
    """A moving window, exact: of any number of hits at once, in any number of processes, no more than `limit` pass in
    any stretch of `window_ms`.

    Time is the caller's (`now_ms`, milliseconds since 1970), so that every storage means the same by it. Processes
    whose clocks differ by some seconds see windows that are longer or shorter by as much.
    """

    async def hit(self, key: str, *, limit: int, window_ms: int, now_ms: int) -> Hit:
        """`limit` >= 1. Raises `RateWindowUnavailable`."""
        ...

    async def aclose(self) -> None: ...
