from __future__ import annotations

from shared import pcm
from worker.backlog import LEAD_FRAMES, AudioBacklog


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


def test_silence_before_the_first_sound_is_skipped_but_for_a_lead() -> None:
    backlog = AudioBacklog()
    for _ in range(20):
        backlog.push(bytes(pcm.bytes_of(20)))
    for _ in range(3):
        backlog.push(b"\x00\x20" * (pcm.bytes_of(20) // 2))
    backlog.skip_silence()
    assert len(backlog) == LEAD_FRAMES + 3
    assert backlog.dropped_ms == 0
