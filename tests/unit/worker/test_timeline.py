"""Voices on one clock. Time is in milliseconds from the start of the file; every sample of a voice is its loudness."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from shared import pcm
from worker.timeline import BLOCK_MS, LAG_MS, Timeline

FRAME_MS = 20
START_MS = 5_000.0
CALLER, AGENT = 0, 1
WORD, QUIET = 1_000, 2


def frame(loudness: int, ms: float = FRAME_MS) -> bytes:
    return np.full(round(ms * 24), loudness, dtype="<i2").tobytes()


def ms_of(samples: int) -> float:
    return samples * 1000 / pcm.SAMPLE_RATE_HZ


class Take:
    """A recording that a test makes: looked at every 100 ms."""

    def __init__(self, channels: int = 2) -> None:
        self.timeline = Timeline(channels=channels, start_ms=START_MS)
        self._blocks: list[NDArray[np.int16]] = []
        self._looked_ms = 0.0

    def hear(self, at_ms: float, loudness: int = 1000, *, who: str = "caller", channel: int = CALLER) -> None:
        """A frame has come at `at_ms`, when it was over."""
        self.look(at_ms)
        self.timeline.push(who, channel, START_MS + at_ms - FRAME_MS, frame(loudness))

    def talk(self, from_ms: float, to_ms: float, loudness: int = 1000, *, delay_ms: float = 0) -> None:
        for at_ms in range(round(from_ms), round(to_ms), FRAME_MS):
            self.hear(at_ms + FRAME_MS + delay_ms, loudness)

    def look(self, until_ms: float) -> None:
        while self._looked_ms + 100 <= until_ms:
            self._looked_ms += 100
            self._blocks += self.timeline.blocks(START_MS + self._looked_ms)

    def end(self, at_ms: float) -> NDArray[np.int16]:
        self.look(at_ms)
        self._blocks += self.timeline.rest(START_MS + at_ms)
        return np.concatenate(self._blocks, axis=1)


def stretches(channel: NDArray[np.int16]) -> list[tuple[float, float, int]]:
    """(from_ms, to_ms, loudness) of everything that is not silence."""
    edges = [0, *(np.flatnonzero(np.diff(channel)) + 1).tolist(), len(channel)]
    found = [(ms_of(a), ms_of(b), int(channel[a])) for a, b in pairwise(edges)]
    return [stretch for stretch in found if stretch[2] != 0]


def test_a_voice_is_where_it_was_heard_and_the_rest_is_silence() -> None:
    take = Take()
    take.talk(1_000, 1_500)
    audio = take.end(2_000)
    assert ms_of(audio.shape[1]) == 2_000
    assert stretches(audio[CALLER]) == [(1_000, 1_500, 1000)]
    assert not audio[AGENT].any()


def test_who_joins_late_or_is_muted_leaves_silence_and_no_shift() -> None:
    take = Take()
    take.talk(3_000, 3_400, 1)
    take.talk(7_000, 7_200, 2)
    take.talk(7_500, 7_700, 3)
    assert stretches(take.end(8_000)[CALLER]) == [(3_000, 3_400, 1), (7_000, 7_200, 2), (7_500, 7_700, 3)]


def test_a_pause_shorter_than_the_jitter_that_is_allowed_for_closes_up() -> None:
    take = Take()
    take.talk(0, 500, 1)
    take.talk(540, 700, 2)
    assert stretches(take.end(1_000)[CALLER]) == [(0, 500, 1), (500, 660, 2)]


@pytest.mark.parametrize("stall_ms", [40, 100, 200, 240])
def test_a_burst_after_a_stall_is_put_where_it_was_spoken(stall_ms: int) -> None:
    take = Take()
    take.talk(0, 1_000, 1)
    for _ in range(stall_ms // FRAME_MS):
        take.hear(1_000 + stall_ms, 2)
    take.talk(1_000 + stall_ms, 2_000, 3)
    found = stretches(take.end(2_500)[CALLER])
    assert found == [(0, 1_000, 1), (1_000, 1_000 + stall_ms, 2), (1_000 + stall_ms, 2_000, 3)]
    assert take.timeline.late_ms == 0


def test_a_loop_that_was_blocked_loses_nothing() -> None:
    take = Take()
    take.talk(0, 1_000, 1)
    take.look(1_000)
    # Blocked for 700 ms; the look comes before the frames that wait behind it.
    take._looked_ms = 1_700
    take._blocks += take.timeline.blocks(START_MS + 1_700)
    for _ in range(35):
        take.hear(1_700, 2)
    take.talk(1_700, 2_000, 3)
    assert stretches(take.end(2_500)[CALLER]) == [(0, 1_000, 1), (1_000, 1_700, 2), (1_700, 2_000, 3)]
    assert take.timeline.late_ms == 0


def test_looks_that_are_always_late_still_make_blocks() -> None:
    timeline = Timeline(channels=1, start_ms=0)
    made = sum(len(list(timeline.blocks(now_ms))) for now_ms in range(0, 20_000, 400))
    assert made * BLOCK_MS >= 20_000 - 400 - LAG_MS - 1_000


def test_what_comes_after_its_block_is_dropped_and_counted() -> None:
    take = Take()
    take.talk(0, 1_000, 1)
    take.look(2_000)
    take.timeline.push("callee", AGENT, START_MS + 1_680, frame(2))
    take.timeline.push("callee", AGENT, START_MS + 1_700, frame(3))
    audio = take.end(2_500)
    assert stretches(audio[AGENT]) == [(1_700, 1_720, 3)]
    assert take.timeline.late_ms == 20


@pytest.mark.parametrize("ppm", [-2_000, -200, 200, 2_000])
def test_a_clock_that_runs_at_another_speed_is_followed(ppm: int) -> None:
    take = Take()
    minutes = 5
    frames = minutes * 60 * 50
    for number in range(frames):
        take.hear((number + 1) * FRAME_MS * (1 + ppm / 1e6), 1 + number % 2)
    last_spoken_ms = frames * FRAME_MS * (1 + ppm / 1e6)
    found = stretches(take.end(last_spoken_ms + 1_000)[CALLER])
    assert abs(found[-1][1] - last_spoken_ms) <= 25
    missing_ms = last_spoken_ms - sum(to_ms - from_ms for from_ms, to_ms, _ in found)
    assert abs(missing_ms - max(ppm / 1e6 * minutes * 60_000, 0)) <= 25


def test_a_first_frame_that_came_late_does_not_shift_the_voice() -> None:
    take = Take()
    take.hear(220, 1)  # spoken from 120 on, and so are those that come with it
    for at_ms in range(140, 4_000, FRAME_MS):
        take.hear(max(at_ms + FRAME_MS, 220), 2)
    assert abs(stretches(take.end(4_500)[CALLER])[-1][1] - 4_000) <= 25


@pytest.mark.parametrize("late_ms", [30, 50])
def test_a_word_is_left_whole_and_the_pause_behind_it_is_corrected(late_ms: int) -> None:
    """The first frame came late, so the line runs ahead of all that follow."""
    take = Take()
    take.hear(FRAME_MS + late_ms, WORD)
    take.talk(FRAME_MS, 2_000, WORD)
    take.talk(2_000, 2_200, QUIET)
    take.talk(2_200, 3_000, WORD)
    found = stretches(take.end(3_500)[CALLER])
    assert found == [(late_ms, 2_000 + late_ms, WORD), (2_000 + late_ms, 2_200, QUIET), (2_200, 3_000, WORD)]


def test_silence_is_put_in_between_words() -> None:
    take = Take()
    take.talk(0, 500, WORD)
    take.talk(500, 2_500, WORD, delay_ms=40)
    take.talk(2_500, 2_600, QUIET, delay_ms=40)
    take.talk(2_600, 3_000, WORD, delay_ms=40)
    found = stretches(take.end(3_500)[CALLER])
    assert found == [(0, 2_500, WORD), (2_540, 2_640, QUIET), (2_640, 3_040, WORD)]


def test_who_makes_no_pause_is_corrected_after_two_seconds() -> None:
    take = Take()
    take.hear(FRAME_MS + 50, WORD)
    take.talk(FRAME_MS, 4_000, WORD)
    assert stretches(take.end(4_500)[CALLER]) == [(50, 4_000, WORD)]


def test_what_was_owed_is_settled_by_a_real_silence() -> None:
    take = Take()
    take.hear(FRAME_MS + 50, WORD)
    take.talk(FRAME_MS, 2_000, WORD)
    take.talk(3_000, 3_500, WORD)
    assert stretches(take.end(4_000)[CALLER]) == [(50, 2_050, WORD), (3_000, 3_500, WORD)]


def test_an_agent_that_is_interrupted_is_in_the_file_as_it_was_heard() -> None:
    take = Take()
    for number in range(10):  # 200 ms are handed over at once, to be played from 1,000 on
        take.timeline.push("agent", AGENT, START_MS + 1_000 + number * FRAME_MS, frame(7))
    take.timeline.cut("agent", START_MS + 1_070)
    take.look(1_200)
    for number in range(5):
        take.timeline.push("agent", AGENT, START_MS + 1_300 + number * FRAME_MS, frame(8))
    assert stretches(take.end(2_000)[AGENT]) == [(1_000, 1_070, 7), (1_300, 1_400, 8)]


def test_a_cut_of_what_still_waits_and_of_nobody() -> None:
    take = Take()
    take.timeline.push("agent", AGENT, START_MS, frame(1))
    take.timeline.push("agent", AGENT, START_MS + 500, frame(7))
    take.timeline.cut("agent", START_MS + 510)
    take.timeline.cut("nobody", START_MS)
    assert stretches(take.end(1_000)[AGENT]) == [(0, 20, 1), (500, 510, 7)]


def test_voices_on_one_channel_are_added_up_and_saturate() -> None:
    take = Take(channels=1)
    take.hear(120, 30_000, who="a")
    take.hear(120, 20_000, who="b")
    take.hear(160, 1_000, who="b")
    audio = take.end(500)
    assert audio.shape[0] == 1
    assert stretches(audio[0]) == [(100, 120, 32_767), (120, 140, 1_000)]


def test_lines_of_people_who_left_are_forgotten() -> None:
    take = Take()
    for number in range(300):
        take.hear(number * 1_000 + 20, who=f"guest {number}")
    take.look(400_000)
    assert not take.timeline._lines


@given(
    st.lists(st.tuples(st.integers(0, 120), st.integers(1, 3)), max_size=80),
    st.integers(0, 3),
)
def test_whatever_comes_the_file_is_as_long_as_the_time(steps: list[tuple[int, int]], cuts: int) -> None:
    take, now_ms = Take(), 0.0
    for step_ms, burst in steps:
        now_ms += step_ms
        for _ in range(burst):
            take.hear(now_ms)
        if cuts and step_ms % (cuts + 1) == 0:
            take.timeline.cut("caller", START_MS + now_ms)
    audio = take.end(now_ms + 37)
    assert audio.shape == (2, round((now_ms + 37) * 24))
