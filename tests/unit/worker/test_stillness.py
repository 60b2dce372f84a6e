from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shared import pcm
from worker.backlog import MAX_MS
from worker.loudness import AUDIBLE_RMS
from worker.ports import FRAME_MS, Pcm
from worker.stillness import STILL_MS, TOGETHER, Stillness
from worker.tail import GAP_MS

STILL_FRAMES = STILL_MS // FRAME_MS


def frame(rms: float) -> bytes:
    return np.full(pcm.bytes_of(FRAME_MS) // pcm.BYTES_PER_SAMPLE, round(rms), dtype="<i2").tobytes()


SILENT, AUDIBLE = frame(AUDIBLE_RMS - 1), frame(AUDIBLE_RMS + 1)


def still() -> Stillness:
    """After a second of nothing."""
    stillness = Stillness()
    for _ in range(STILL_FRAMES):
        assert stillness.push(SILENT, may_wait=True) is SILENT
    return stillness


def lengths_ms(frames: list[Pcm | None]) -> list[float | None]:
    return [None if one is None else pcm.ms_of(len(one)) for one in frames]


def test_after_a_second_without_a_sound_three_frames_come_as_one() -> None:
    stillness = still()
    frames = [stillness.push(SILENT, may_wait=True) for _ in range(2 * TOGETHER)]
    assert lengths_ms(frames) == [None, None, 60, None, None, 60]


def test_the_first_sound_goes_on_at_once_behind_what_waited() -> None:
    stillness = still()
    assert stillness.push(SILENT, may_wait=True) is None
    assert stillness.push(AUDIBLE, may_wait=True) == SILENT + AUDIBLE
    assert stillness.push(SILENT, may_wait=True) is SILENT, "an answer may wait for this one"


def test_a_frame_that_others_wait_for_takes_along_what_waited() -> None:
    stillness = still()
    assert stillness.push(SILENT, may_wait=True) is None
    assert stillness.push(SILENT, may_wait=False) == SILENT + SILENT
    assert stillness.push(SILENT, may_wait=False) is SILENT
    assert stillness.push(SILENT, may_wait=True) is None


def test_what_is_gathered_is_no_gap_for_those_behind() -> None:
    assert TOGETHER * FRAME_MS < GAP_MS < MAX_MS


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=300), st.integers(0, STILL_FRAMES))
def test_nothing_is_lost_or_changed_and_no_sound_ever_waits(steps: list[tuple[bool, bool]], still_before: int) -> None:
    stillness = Stillness()
    for _ in range(still_before):
        stillness.push(SILENT, may_wait=True)
    pushed, given_on = bytearray(), bytearray()
    for audible, may_wait in steps:
        pushed += AUDIBLE if audible else SILENT
        given_on += stillness.push(AUDIBLE if audible else SILENT, may_wait=may_wait) or b""
        waiting = len(pushed) - len(given_on)
        assert 0 <= waiting < pcm.bytes_of(TOGETHER * FRAME_MS)
        assert not (audible or not may_wait) or waiting == 0
        assert bytes(pushed).startswith(given_on)
