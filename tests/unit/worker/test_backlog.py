from __future__ import annotations

from shared import pcm
from worker.backlog import FIRST_MS, LEAD_FRAMES, MAX_MS, AudioBacklog


def _frame(number: int, ms: int = 20) -> bytes:
    return bytes([number]) * pcm.bytes_of(ms)


def test_what_is_recent_is_kept_in_order() -> None:
    backlog = AudioBacklog(max_ms=100)
    for number in range(5):
        backlog.push(_frame(number))
    assert [backlog.pop()[0][0] for _ in range(len(backlog))] == [0, 1, 2, 3, 4]
    assert backlog.dropped_ms == 0


def test_the_oldest_is_dropped_and_counted() -> None:
    backlog = AudioBacklog(max_ms=100)
    for number in range(8):
        backlog.push(_frame(number))
    assert backlog.pop()[0][0] == 3
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


def test_the_first_words_of_a_call_are_kept_until_they_are_caught_up_with() -> None:
    backlog = AudioBacklog(first_ms=FIRST_MS)
    for number in range(600):
        backlog.push(_frame(number % 256), number)
    assert backlog.state.waiting_ms == FIRST_MS
    assert backlog.dropped_ms == 2000
    assert backlog.pop()[1] == 100, "and each is known by when it was heard"
    while backlog.is_long:
        backlog.caught_up()
        backlog.pop()
    backlog.caught_up()
    for number in range(600):
        backlog.push(_frame(number % 256))
    assert backlog.state.waiting_ms == MAX_MS
