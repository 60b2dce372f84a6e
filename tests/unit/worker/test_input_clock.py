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


QUIET, SOFT, VOICE = 5.0, 60.0, 3000.0


def _heard(*loudness: tuple[float, int]) -> InputClock:
    """Milliseconds of each, in frames of 20 ms, the newest just now."""
    clock = InputClock()
    for rms, ms in loudness:
        for _ in range(ms // 20):
            clock.sent(20, NOW_MS, rms)
    return clock


def test_a_voice_begins_where_it_is_heard() -> None:
    assert _heard((QUIET, 240), (VOICE, 300)).voice_from_ms(0, 300) == 240
    assert _heard((VOICE, 300)).voice_from_ms(0, 300) == 0
    assert _heard((QUIET, 5000), (VOICE, 300)).voice_from_ms(4900, 5200) == 5000


def test_of_a_soft_voice_and_in_a_loud_room() -> None:
    assert _heard((QUIET, 200), (SOFT, 300)).voice_from_ms(0, 300) == 200
    assert _heard((SOFT, 200), (VOICE, 300)).voice_from_ms(0, 300) == 200
    assert _heard((1000.0, 200), (VOICE, 300)).voice_from_ms(0, 300) == 0, "it cannot be told apart"


def test_a_voice_that_begins_behind_the_padding_begins_at_its_end() -> None:
    assert _heard((SOFT, 320), (VOICE, 300)).voice_from_ms(0, 300) == 300


def test_where_nothing_is_audible_the_detector_is_believed() -> None:
    assert _heard((QUIET, 500)).voice_from_ms(100, 400) == 100
    assert InputClock().voice_from_ms(0, 300) == 0


def test_the_loudness_of_another_connection_is_forgotten_and_so_is_what_is_too_old() -> None:
    clock = _heard((VOICE, 2 * MAX_LAG_MS))
    assert clock.voice_from_ms(0, 300) == 0
    clock.reset()
    for rms in (QUIET, QUIET, VOICE):
        clock.sent(20, NOW_MS, rms)
    assert clock.voice_from_ms(0, 300) == 40
