from __future__ import annotations

from worker.input_clock import MAX_LAG_MS, InputClock

NOW_MS = 1_700_000_000_000


def _clock(sent_ms: int) -> InputClock:
    clock = InputClock()
    for at_ms in range(20, sent_ms + 20, 20):
        clock.sent(20, NOW_MS - sent_ms + at_ms)
    return clock


def test_the_newest_audio_was_spoken_just_now() -> None:
    assert _clock(1000).spoken_at_ms(1000, NOW_MS) == NOW_MS


def test_older_audio_was_spoken_before() -> None:
    assert _clock(4000).spoken_at_ms(1500, NOW_MS + 30) == NOW_MS - 2500


def test_what_had_waited_was_spoken_when_it_was_heard() -> None:
    clock = InputClock()
    for at_ms in range(20, 4020, 20):
        clock.sent(20, NOW_MS - 9000 + at_ms)
    assert clock.spoken_at_ms(1000, NOW_MS) == NOW_MS - 9000 + 1000


def test_a_provider_that_does_not_say_is_taken_by_its_event() -> None:
    assert _clock(1000).spoken_at_ms(None, NOW_MS) == NOW_MS


def test_positions_that_cannot_be_are_not_believed() -> None:
    assert _clock(1000).spoken_at_ms(9000, NOW_MS) == NOW_MS
    assert _clock(20_000).spoken_at_ms(20_000 - MAX_LAG_MS - 20, NOW_MS) == NOW_MS


def test_a_new_connection_counts_from_zero() -> None:
    clock = _clock(60_000)
    clock.reset()
    clock.sent(100, NOW_MS)
    assert clock.spoken_at_ms(40, NOW_MS) == NOW_MS - 60
