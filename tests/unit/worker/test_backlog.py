from __future__ import annotations

from shared import pcm
from worker.backlog import AudioBacklog


def _frame(number: int, ms: int = 20) -> bytes:
    return bytes([number]) * pcm.bytes_of(ms)


def test_what_is_recent_is_kept_in_order() -> None:
    backlog = AudioBacklog(max_ms=100)
    for number in range(5):
        backlog.push(_frame(number))
    assert [backlog.pop()[0] for _ in range(len(backlog))] == [0, 1, 2, 3, 4]
    assert backlog.dropped_ms == 0


def test_the_oldest_is_dropped_and_counted() -> None:
    backlog = AudioBacklog(max_ms=100)
    for number in range(8):
        backlog.push(_frame(number))
    assert backlog.pop()[0] == 3
    assert backlog.dropped_ms == 60


def test_the_newest_frame_is_kept_whatever_its_length() -> None:
    backlog = AudioBacklog(max_ms=10)
    backlog.push(_frame(1, ms=50))
    assert len(backlog) == 1
