"""Counts in this process: the default, right for one API process."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import OrderedDict

from control_api.rate_window import Hit, RateWindow

MAX_KEYS = 50_000
"""About 15 MB when all are in use by people who do little. The key that was used longest ago is forgotten first
(counted in `evicted`): its client starts anew, which is the lenient mistake."""


class MemoryRateWindow(RateWindow):
    """Nothing is awaited within a hit, so hits of one process cannot come between each other."""

    def __init__(self, max_keys: int = MAX_KEYS) -> None:
        self._hits: OrderedDict[str, array[int]] = OrderedDict()
        self._max_keys = max_keys
        self.evicted = 0

    async def hit(self, key: str, *, limit: int, window_ms: int, now_ms: int) -> Hit:
        times = self._times(key)
        left = bisect_right(times, now_ms - window_ms)
        if left:
            del times[:left]
        used = len(times)
        if used >= limit:
            return Hit(False, used, times[used - limit] + window_ms)
        if times and times[-1] > now_ms:
            now_ms = times[-1]  # the machine's clock was set back; the list stays sorted
        times.append(now_ms)
        return Hit(True, used + 1, times[0] + window_ms)

    def _times(self, key: str) -> array[int]:
        times = self._hits.get(key)
        if times is not None:
            self._hits.move_to_end(key)
            return times
        if len(self._hits) >= self._max_keys:
            self._hits.popitem(last=False)
            self.evicted += 1
        times = self._hits[key] = array("q")
        return times

    def __len__(self) -> int:
        return len(self._hits)

    async def aclose(self) -> None:
        self._hits.clear()
