from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import pcm
from shared.ids import Identity
from worker.levels import KEPT_ROUNDS
from worker.mixer import BURST_MS, LIVE_MS, QUEUE_FRAMES, TRIM_ROUNDS, Mixer, mix
from worker.ports import FRAME_MS, Pcm

ANN, BOB, CYD = (Identity(name) for name in ("ann", "bob", "cyd"))
SAMPLES = FRAME_MS * pcm.SAMPLE_RATE_HZ // 1000
T0 = 1_700_000_000_000


def tone(level: int) -> bytes:
    """20 ms in which every sample is `level`."""
    return np.full(SAMPLES, level, dtype="<i2").tobytes()


def level(frame: Pcm) -> int:
    return int(np.frombuffer(frame, dtype="<i2")[0])


def mixer_of(*people: Identity) -> Mixer:
    mixer = Mixer()
    for who in people:
        mixer.add(who)
    return mixer


class TestOneMicrophone:
    @settings(deadline=None, max_examples=60)
    @given(st.lists(st.integers(0, 5000), max_size=30))
    def test_frames_go_through_as_they_are_whenever_they_come(self, gaps_ms: list[int]) -> None:
        mixer, now_ms = mixer_of(ANN), T0
        for gap_ms in gaps_ms:
            now_ms += gap_ms
            frame = tone(gap_ms)
            (out,) = mixer.push(ANN, frame, now_ms)
            assert out is frame

    def test_after_another_has_left_it_is_so_again_and_nothing_waits(self) -> None:
        mixer = mixer_of(ANN, BOB)
        mixer.push(BOB, tone(1), T0)
        waits, last = tone(2), tone(3)
        assert mixer.push(ANN, waits, T0) == []
        assert mixer.remove(BOB, T0 + 20) == [waits]
        assert mixer.push(ANN, last, T0 + 40)[0] is last
        assert mixer.only == ANN

    def test_a_microphone_that_is_not_there_is_not_heard(self) -> None:
        assert mixer_of(ANN).push(BOB, tone(1), T0) == ()
        assert Mixer().remove(ANN, T0) == []


class TestSum:
    def test_what_comes_together_is_added_up(self) -> None:
        mixer, mixed = mixer_of(ANN, BOB), list[int]()
        for at in range(5):
            mixed += [level(frame) for frame in _both(mixer, T0 + at * FRAME_MS, 100 + at, 10)]
        # The very first frame has nobody to wait for.
        assert mixed == [100, 111, 112, 113, 114]
        assert mixer.dropped_ms == 0

    @settings(deadline=None, max_examples=60)
    @given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=6))
    def test_it_saturates(self, levels: list[int]) -> None:
        assert level(mix([tone(one) for one in levels])) == max(-32768, min(32767, sum(levels)))

    def test_a_shorter_frame_is_silent_at_its_end(self) -> None:
        mixed = np.frombuffer(mix([tone(5), tone(3)[:4]]), dtype="<i2")
        assert list(mixed[:3]) == [8, 8, 5]
        assert len(mixed) == SAMPLES


class TestWaiting:
    def test_who_sends_nothing_is_not_waited_for(self) -> None:
        mixer = mixer_of(ANN, BOB)
        for at in range(50):
            assert len(mixer.push(ANN, tone(1), T0 + at * FRAME_MS)) == 1

    def test_who_falls_silent_is_waited_for_once(self) -> None:
        mixer = mixer_of(ANN, BOB)
        _talk(mixer, T0, 10)
        out = [len(mixer.push(ANN, tone(1), T0 + 200 + at * FRAME_MS)) for at in range(20)]
        # One frame of theirs was left; then it waits, makes up for it in one go, and waits no more.
        assert out == [1, 0, 2, *[1] * 17]
        assert LIVE_MS <= 3 * FRAME_MS

    def test_who_comes_back_is_mixed_at_once(self) -> None:
        mixer = mixer_of(ANN, BOB)
        _talk(mixer, T0, 5)
        for at in range(20):
            mixer.push(ANN, tone(1), T0 + 100 + at * FRAME_MS)
        now_ms = T0 + 100 + 20 * FRAME_MS
        mixer.push(BOB, tone(50), now_ms)
        assert [level(frame) for frame in mixer.push(ANN, tone(1), now_ms + 3)] == [51]

    def test_what_comes_late_in_a_burst_is_heard_and_its_delay_goes_away(self) -> None:
        mixer = mixer_of(ANN, BOB)
        _talk(mixer, T0, 10)
        for at in range(8):
            mixer.push(ANN, tone(1), T0 + 200 + at * FRAME_MS)
        for _ in range(8):
            mixer.push(BOB, tone(1), T0 + 355)
        assert mixer.waiting_ms(BOB) >= 7 * FRAME_MS
        _talk(mixer, T0 + 360, 10 * TRIM_ROUNDS)
        assert mixer.waiting_ms(BOB) <= FRAME_MS
        assert mixer.waiting_ms(ANN) <= FRAME_MS

    def test_the_quietest_is_what_is_dropped(self) -> None:
        mixer = mixer_of(ANN, BOB)
        _talk(mixer, T0, 10)
        for _ in range(3):
            mixer.push(BOB, tone(1000), T0 + 180)
        spoken = [1000, 900, 7, 800] * 25
        heard = [
            level(frame)
            for at, loudness in enumerate(spoken)
            for frame in _both(mixer, T0 + 200 + at * FRAME_MS, 0, loudness)
        ]
        assert mixer.dropped_ms == FRAME_MS
        came = Counter([1000] * 3 + spoken[: -mixer.waiting_ms(BOB) // FRAME_MS])
        assert Counter(one for one in heard if one > 1) == came - Counter([7])

    def test_a_clock_that_is_set_does_not_stop_it(self) -> None:
        mixer = mixer_of(ANN, BOB)
        _talk(mixer, T0, 10)
        assert _talk(mixer, T0 - 3_600_000, 10) >= 9
        assert _talk(mixer, T0 + 3_600_000, 10) >= 9


@st.composite
def schedules(draw: st.DrawFn) -> list[tuple[int, Identity]]:
    """Arrivals of three people's frames: each has a rhythm of 20 ms, disturbed by stalls that end in a burst, by lost
    frames and by times of sending nothing."""
    arrivals: list[tuple[int, Identity]] = []
    for who in (ANN, BOB, CYD):
        stall_until_ms = -1
        absent = draw(st.tuples(st.integers(0, 2000), st.integers(0, 2000)))
        stalls = draw(st.dictionaries(st.integers(0, 99), st.integers(0, 400), max_size=6))
        lost = draw(st.sets(st.integers(0, 99), max_size=10))
        phase_ms = draw(st.integers(0, FRAME_MS - 1))
        for number in range(100):
            due_ms = number * FRAME_MS + phase_ms
            stall_until_ms = max(stall_until_ms, due_ms + stalls.get(number, 0))
            if number not in lost and not absent[0] <= due_ms < sum(absent):
                arrivals.append((stall_until_ms, who))
    return sorted(arrivals, key=lambda arrival: arrival[0])


class TestAnySchedule:
    @settings(deadline=None, max_examples=60)
    @given(schedules())
    def test_no_more_than_real_time_and_no_queue_grows(self, arrivals: list[tuple[int, Identity]]) -> None:
        mixer, rounds, first_ms = mixer_of(ANN, BOB, CYD), 0, arrivals[0][0] if arrivals else 0
        for at_ms, who in arrivals:
            rounds += len(mixer.push(who, tone(1), T0 + at_ms))
            assert rounds * FRAME_MS <= at_ms - first_ms + BURST_MS + 2 * FRAME_MS
            assert all(mixer.waiting_ms(one) <= QUEUE_FRAMES * FRAME_MS for one in (ANN, BOB, CYD))

    @settings(deadline=None, max_examples=60)
    @given(schedules())
    def test_every_frame_is_mixed_once_waits_or_is_counted(self, arrivals: list[tuple[int, Identity]]) -> None:
        mixer, heard = mixer_of(ANN, BOB, CYD), 0
        for at_ms, who in arrivals:
            heard += sum(level(frame) for frame in mixer.push(who, tone(1), T0 + at_ms))
        waiting = sum(mixer.waiting_ms(who) for who in (ANN, BOB, CYD)) // FRAME_MS
        assert heard + waiting + mixer.dropped_ms / FRAME_MS == len(arrivals)

    @settings(deadline=None, max_examples=40)
    @given(schedules())
    def test_when_all_is_well_again_the_delay_goes_away(self, arrivals: list[tuple[int, Identity]]) -> None:
        mixer = mixer_of(ANN, BOB, CYD)
        for at_ms, who in arrivals:
            mixer.push(who, tone(1), T0 + at_ms)
        _talk(mixer, T0 + 3000, (QUEUE_FRAMES + 3) * TRIM_ROUNDS, (ANN, BOB, CYD))
        assert max(mixer.waiting_ms(who) for who in (ANN, BOB, CYD)) <= FRAME_MS

    @settings(deadline=None, max_examples=60)
    @given(schedules(), st.integers(0, 299))
    def test_who_leaves_at_any_moment_takes_only_their_own_with_them(
        self, arrivals: list[tuple[int, Identity]], at: int
    ) -> None:
        mixer, heard, gone_ms = mixer_of(ANN, BOB, CYD), 0, 0.0
        for number, (at_ms, who) in enumerate(arrivals):
            if number == at:
                gone_ms = mixer.waiting_ms(CYD)
                heard += sum(level(frame) for frame in mixer.remove(CYD, T0 + at_ms))
            if number < at or who != CYD:
                heard += sum(level(frame) for frame in mixer.push(who, tone(1), T0 + at_ms))
        pushed = sum(1 for number, (_, who) in enumerate(arrivals) if number < at or who != CYD)
        still = (ANN, BOB) if at < len(arrivals) else (ANN, BOB, CYD)
        waiting_ms = sum(mixer.waiting_ms(who) for who in still)
        assert heard + (waiting_ms + mixer.dropped_ms) / FRAME_MS == pushed
        assert mixer.dropped_ms >= gone_ms


class TestWhoSpoke:
    def test_the_loudest_between_two_moments(self) -> None:
        mixer = mixer_of(ANN, BOB)
        for at in range(20):
            _both(mixer, T0 + at * FRAME_MS, 3000, 40)
        for at in range(20, 40):
            _both(mixer, T0 + at * FRAME_MS, 40, 2000)
        assert mixer.levels.loudest(T0, T0 + 400) == ANN
        assert mixer.levels.loudest(T0 + 420, T0 + 800) == BOB
        assert mixer.levels.loudest(T0, T0 + 800) == ANN

    def test_nobody(self) -> None:
        mixer = mixer_of(ANN, BOB)
        assert mixer.levels.loudest(T0, T0 + 800) is None
        _talk(mixer, T0, 10, loud=0)
        assert mixer.levels.loudest(T0, T0 + 800) is None

    def test_it_forgets_what_is_old(self) -> None:
        mixer = mixer_of(ANN, BOB)
        _talk(mixer, T0, 10)
        _talk(mixer, T0 + 200, KEPT_ROUNDS + 10, loud=0)
        assert mixer.levels.loudest(T0, T0 + 200) is None


def _both(mixer: Mixer, now_ms: int, ann: int, bob: int) -> list[Pcm]:
    return [*mixer.push(ANN, tone(ann), now_ms), *mixer.push(BOB, tone(bob), now_ms)]


def _talk(mixer: Mixer, start_ms: int, frames: int, people: tuple[Identity, ...] = (ANN, BOB), loud: int = 1) -> int:
    """Everybody in time. Gives how many rounds there were."""
    return sum(len(mixer.push(who, tone(loud), start_ms + at * FRAME_MS)) for at in range(frames) for who in people)
