from __future__ import annotations

import pytest

from tests.unit.worker.harness import FRAME_MS, LOUD, QUIET
from worker.untold import CALM_S, DEAF_S, DOUBT_S, NEWEST_MS, Doubt, Untold


class Listener:
    """Hears frames in the time of its own."""

    def __init__(self) -> None:
        self.untold = Untold()
        self.now_s = 0.0

    def hears(self, frame: bytes, ms: int) -> list[Doubt]:
        """Every doubt that came up in that time."""
        doubts: list[Doubt] = []
        for _ in range(ms // FRAME_MS):
            self.now_s += FRAME_MS / 1000
            if (doubt := self.untold.hear(frame, self.now_s)) is not Doubt.NONE:
                doubts.append(doubt)
        return doubts


def test_the_newest_second_is_kept_and_sound_before_it_is_lost() -> None:
    listener = Listener()
    listener.hears(LOUD, 500)
    listener.hears(QUIET, 2000)
    assert len(listener.untold.newest()) == NEWEST_MS // FRAME_MS
    assert len(listener.untold.newest(100)) == 5
    assert listener.untold.lost_ms == 500


def test_of_long_frames_fewer_are_as_long() -> None:
    listener = Listener()
    listener.hears(3 * QUIET, 3 * NEWEST_MS)
    assert len(listener.untold.newest()) == NEWEST_MS // (3 * FRAME_MS)


def test_what_the_model_has_told_of_is_settled() -> None:
    listener = Listener()
    listener.hears(LOUD, 1500)
    listener.untold.told()
    assert (listener.untold.newest(), listener.untold.lost_ms) == ([], 0)


def test_who_has_spoken_waits_since_the_last_sound() -> None:
    listener = Listener()
    listener.hears(LOUD, 100)
    assert listener.untold.waited_s(listener.now_s + 5) == 0.0  # a cough
    listener.hears(LOUD, 500)
    assert listener.untold.waited_s(listener.now_s + 2) == pytest.approx(2.0)
    listener.untold.told()
    assert listener.untold.waited_s(listener.now_s + 3) == 0.0


def test_a_model_that_says_nothing_of_a_speaker_is_probed_and_then_deaf() -> None:
    listener = Listener()
    assert listener.hears(LOUD, 500) == []
    assert listener.hears(QUIET, int(DOUBT_S * 1000)) == [Doubt.PROBE]
    assert set(listener.hears(QUIET, int(DEAF_S * 1000))) == {Doubt.DEAF}


def test_a_short_noise_or_silence_raises_no_doubt() -> None:
    listener = Listener()
    assert listener.hears(LOUD, 300) + listener.hears(QUIET, 10_000) == []


def test_a_model_that_is_there_is_not_asked_all_the_time() -> None:
    listener = Listener()
    assert listener.hears(LOUD, 2000) == [Doubt.PROBE]
    listener.untold.told()
    assert listener.hears(LOUD, int(CALM_S * 1000) - 1000) == []
    assert listener.hears(LOUD, 1000) == [Doubt.PROBE]
