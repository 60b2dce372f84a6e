from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.path_loss import MEMORY_S
from worker.path_watch import HOLE_PACKETS, PathCounts, PathState, PathWatch

STABLE_S = 2.5
"""Between two requests while all is well."""
BURST_S, BURST_AFTER_S = 0.06, 0.7
"""When nothing at all comes any more: seen with libwebrtc, livekit 1.1.21."""
HASTY_S = 1.0
"""When packets still come and only answers do not."""
SPOKEN_PER_S, SILENT_PER_S = 50, 2.5
"""Packets of sound."""


class Wire:
    """One connection as libwebrtc keeps it, looked at as the adapter does."""

    def __init__(self, *, phase_s: float = 0.0, loss: float = 0.0, seed: int = 0) -> None:
        self.watch = PathWatch()
        self.now_s = 1000.0
        self.counts = PathCounts("pair", 0, 0, 0)
        self.is_in_dead = self.is_out_dead = False
        self.speaks = self.is_spoken_to = False
        self._loss = loss
        self._random = random.Random(seed)  # noqa: S311
        self._request_due_s = self.now_s + STABLE_S - phase_s
        self._unanswered = 0
        self._look_due_s = self.now_s
        self._trip_due_s = self.now_s
        self._carried_s = self.now_s
        self.seen: list[tuple[float, PathState]] = []

    def run(self, seconds: float) -> None:
        until_s = self.now_s + seconds
        while (due_s := min(self._request_due_s, self._look_due_s, self._trip_due_s)) <= until_s:
            self.now_s = max(due_s, self.now_s)
            self._move()
        self.now_s = until_s

    def talk(self, seconds: float = 6.0) -> None:
        """Both speak for so long, at the same time."""
        self.speaks = self.is_spoken_to = True
        self.run(seconds)
        self.speaks = self.is_spoken_to = False

    def until(self, state: PathState, within_s: float = 20.0) -> float:
        """After how long."""
        began_s = self.now_s
        while self.watch.state is not state:
            assert self.now_s - began_s < within_s, f"never {state}"
            self.run(0.05)
        return self.now_s - began_s

    def _move(self) -> None:
        if self.now_s >= self._request_due_s:
            self._request()
        if self.now_s >= self._trip_due_s:
            self._trip_due_s = self.now_s + 1.0
            if self.speaks and not self._fails():
                self.counts = replace(self.counts, round_trips=self.counts.round_trips + 1)
        if self.now_s >= self._look_due_s:
            self._carry()
            self.seen.append((self.now_s, self.watch.look({"publisher": self.counts}, self.now_s)))
            self._look_due_s = self.now_s + self.watch.wait_s

    def _carry(self) -> None:
        """Sound, in both directions, since the last look."""
        seconds, self._carried_s = self.now_s - self._carried_s, self.now_s
        inwards = round(seconds * (SPOKEN_PER_S if self.is_spoken_to else SILENT_PER_S))
        outwards = round(seconds * (SPOKEN_PER_S if self.speaks else 0))
        lost_in, lost_out = self._lost_of(inwards), self._lost_of(outwards)
        if not self.is_in_dead:
            self.counts = replace(
                self.counts, came=self.counts.came + inwards - lost_in, lost_in=self.counts.lost_in + lost_in
            )
        reported = 0 if self.is_in_dead or self.is_out_dead else lost_out
        self.counts = replace(self.counts, went=self.counts.went + outwards, lost_out=self.counts.lost_out + reported)

    def _lost_of(self, packets: int) -> int:
        return int(packets * self._loss + self._random.random())

    def _request(self) -> None:
        self.counts = replace(self.counts, requests_sent=self.counts.requests_sent + 1)
        if not self._fails():
            self.counts = replace(self.counts, answers_received=self.counts.answers_received + 1)
            self._unanswered, self._request_due_s = 0, self.now_s + STABLE_S
            return
        self._unanswered += 1
        if not self.is_in_dead:
            self._request_due_s = self.now_s + HASTY_S
        else:
            self._request_due_s = self.now_s + (BURST_AFTER_S if self._unanswered == 1 else BURST_S)

    def _fails(self) -> bool:
        lost = self._random.random() < 1 - (1 - self._loss) ** 2
        return self.is_in_dead or self.is_out_dead or lost


@pytest.mark.parametrize("speaks", [False, True], ids=["silent", "speaks"])
@pytest.mark.parametrize(
    ("dead_in", "dead_out"), [(True, False), (False, True), (True, True)], ids=["in", "out", "both"]
)
@pytest.mark.parametrize("phase_s", [0.0, 0.01, 0.6, 1.2, 1.9, 2.4])
def test_a_dead_path_is_noticed_in_four_seconds(dead_in: bool, dead_out: bool, speaks: bool, phase_s: float) -> None:
    wire = Wire(phase_s=phase_s)
    wire.talk()
    wire.speaks = speaks
    wire.run(10)
    died_s = wire.now_s
    wire.is_in_dead, wire.is_out_dead = dead_in, dead_out
    assert wire.until(PathState.DEAD) <= 4.05
    assert died_s - STABLE_S - 1 <= wire.watch.alive_s <= died_s


def test_who_speaks_knows_to_a_second_until_when_all_got_through() -> None:
    wire = Wire()
    wire.talk()
    wire.speaks = True
    wire.run(10)
    died_s = wire.now_s
    wire.is_out_dead = True
    wire.until(PathState.DEAD)
    assert died_s - 2.1 <= wire.watch.alive_s <= died_s


def test_while_all_is_well_there_is_one_look_a_second() -> None:
    wire = Wire()
    wire.run(60)
    assert {state for _, state in wire.seen} == {PathState.ALIVE}
    assert len(wire.seen) <= 61


def _dies(wire: Wire, seconds: float) -> bool:
    wire.run(seconds)
    return PathState.DEAD in {state for _, state in wire.seen}


@pytest.mark.parametrize("loss", [0.001, 0.01, 0.1, 0.3])
def test_an_agent_that_listens_over_a_lossy_path_is_not_replaced(loss: float) -> None:
    wires = [Wire(loss=loss, seed=seed) for seed in range(40)]
    for seed, wire in enumerate(wires):
        wire.is_spoken_to = seed % 2 == 0
    assert [seed for seed, wire in enumerate(wires) if _dies(wire, 300)] == []


@pytest.mark.parametrize("loss", [0.01, 0.1, 0.3])
def test_nor_is_one_that_has_spoken_before(loss: float) -> None:
    wires = [Wire(loss=loss, seed=seed) for seed in range(10)]
    for wire in wires:
        wire.talk()
    assert [seed for seed, wire in enumerate(wires) if _dies(wire, 600)] == []


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(
    ("loss", "within_s"), [(0.001, 4.2), (0.01, 4.5), (0.1, 5.5), (0.3, 6.5)], ids=["0.1%", "1%", "10%", "30%"]
)
def test_also_on_a_lossy_path_it_is_soon_known_that_nothing_comes_any_more(
    loss: float, within_s: float, seed: int
) -> None:
    wire = Wire(loss=loss, seed=seed)
    wire.talk()
    wire.run(10)
    wire.until(PathState.ALIVE)
    wire.is_in_dead = wire.is_out_dead = True
    assert wire.until(PathState.DEAD) <= within_s


def _has_met_loss(wire: Wire) -> None:
    """It lost one, and that was all."""
    wire.run(5)
    wire.is_out_dead = True
    wire.until(PathState.SUSPECT)
    wire.is_out_dead = False
    wire.until(PathState.ALIVE)


def test_after_a_while_without_losses_a_path_is_judged_as_quickly_as_at_first() -> None:
    wire = Wire()
    for _ in range(3):
        _has_met_loss(wire)
    wire.run(2 * MEMORY_S)
    wire.talk()
    wire.is_out_dead = True
    assert wire.until(PathState.DEAD) <= 4.05


def test_a_path_that_is_back_is_alive_and_its_hole_is_told_once() -> None:
    wire = Wire()
    wire.run(10)
    died_s = wire.now_s
    wire.is_in_dead = True
    wire.run(3)
    wire.is_in_dead = False
    wire.counts = replace(wire.counts, lost_in=wire.counts.lost_in + 150)
    wire.until(PathState.ALIVE)
    assert wire.watch.hole() is None  # perhaps more is lost than is known yet
    wire.run(2.2)
    hole = wire.watch.hole()
    assert hole is not None
    assert (hole.lost_in, hole.lost_out) == (150, 0)
    assert hole.alive_s <= died_s
    assert wire.watch.hole() is None


def test_a_lost_request_alone_is_no_hole() -> None:
    wire = Wire()
    _has_met_loss(wire)
    wire.counts = replace(wire.counts, lost_out=wire.counts.lost_out + HOLE_PACKETS - 1)
    wire.run(5)
    assert wire.watch.hole() is None


def test_what_is_unanswered_while_this_process_stood_still_is_not_counted() -> None:
    wire = Wire()
    wire.run(10)
    wire.counts = replace(wire.counts, requests_sent=wire.counts.requests_sent + 40)
    wire.now_s += 12
    wire.run(1)
    assert wire.watch.state is not PathState.DEAD
    wire.until(PathState.ALIVE)


def test_an_excuse_begins_the_count_anew() -> None:
    wire = Wire()
    wire.run(10)
    wire.is_in_dead = wire.is_out_dead = True
    wire.until(PathState.DEAD)
    wire.watch.excuse(wire.now_s)
    assert wire.watch.state is PathState.SUSPECT
    assert 0.2 <= wire.until(PathState.DEAD) <= 1.5


def test_another_pair_of_addresses_begins_the_count_anew() -> None:
    watch = PathWatch()
    watch.look({"publisher": PathCounts("one", 40, 40, 0)}, 0)
    assert watch.look({"publisher": PathCounts("other", 3, 1, 0)}, 1) is PathState.ALIVE
    assert watch.unanswered == 0


def test_of_two_connections_the_worse_one_counts() -> None:
    watch = PathWatch()
    for now_s in range(6):
        well = PathCounts("a", now_s, now_s, 0)
        watch.look({"publisher": well, "subscriber": PathCounts("b", 10 * now_s, 0, 0)}, now_s)
    assert watch.state is PathState.DEAD
    assert watch.alive_s == 0


def test_a_long_way_is_given_the_time_it_takes() -> None:
    watch = PathWatch()
    watch.look({"publisher": PathCounts("a", 0, 0, 0, round_trip_s=0.6)}, 0)
    watch.look({"publisher": PathCounts("a", 3, 0, 0, round_trip_s=0.6)}, 1)
    assert watch.look({"publisher": PathCounts("a", 6, 0, 0, round_trip_s=0.6)}, 1.5) is PathState.SUSPECT
    assert watch.look({"publisher": PathCounts("a", 9, 3, 0, round_trip_s=0.6)}, 1.75) is PathState.ALIVE


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.floats(0.05, 3)), max_size=40))
def test_whatever_is_counted_a_sign_of_life_is_life(steps: list[tuple[int, int, float]]) -> None:
    watch, counts, now_s, alive_s = PathWatch(), PathCounts("a", 0, 0, 0), 0.0, 0.0
    watch.look({"publisher": counts}, now_s)
    for asked, answered, wait_s in steps:
        now_s += wait_s
        counts = replace(
            counts,
            requests_sent=counts.requests_sent + asked,
            answers_received=counts.answers_received + answered,
        )
        state = watch.look({"publisher": counts}, now_s)
        if answered:
            assert state is PathState.ALIVE
        assert alive_s <= watch.alive_s <= now_s
        alive_s = watch.alive_s
