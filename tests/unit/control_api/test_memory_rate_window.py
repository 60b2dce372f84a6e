from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from control_api.adapters.memory_rate_window import MemoryRateWindow

WINDOW_MS = 100


async def test_keys_are_bounded_and_the_one_unused_longest_goes_first() -> None:
    window = MemoryRateWindow(max_keys=2)
    for key in ("a", "b", "a", "c"):
        await window.hit(key, limit=5, window_ms=WINDOW_MS, now_ms=0)
    assert len(window) == 2
    assert window.evicted == 1
    assert (await window.hit("a", limit=5, window_ms=WINDOW_MS, now_ms=1)).used == 3
    assert (await window.hit("b", limit=5, window_ms=WINDOW_MS, now_ms=1)).used == 1


@given(st.lists(st.integers(0, 60), max_size=80), st.integers(1, 6))
async def test_no_stretch_of_a_window_ever_holds_more_than_the_limit(gaps_ms: list[int], limit: int) -> None:
    """And none is refused that could have passed: compared with counting by hand."""
    window = MemoryRateWindow()
    passed: list[int] = []
    now_ms = 0
    for gap_ms in gaps_ms:
        now_ms += gap_ms
        counted = [at_ms for at_ms in passed if at_ms > now_ms - WINDOW_MS]
        hit = await window.hit("key", limit=limit, window_ms=WINDOW_MS, now_ms=now_ms)
        assert hit.passed == (len(counted) < limit)
        if hit.passed:
            passed.append(now_ms)
        assert hit.free_at_ms == (counted or [now_ms])[0] + WINDOW_MS
