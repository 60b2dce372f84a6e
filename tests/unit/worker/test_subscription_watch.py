from __future__ import annotations

from itertools import pairwise

from worker.subscription_watch import AGAIN_S, FIRST_S, PATIENCE_S, SELDOM_S, SETTLES_S, Do, Step, SubscriptionWatch

TRACK = "TR_mic"
LOOK_S = 0.25
THERE = {TRACK: False}
GIVEN = {TRACK: True}


class Room:
    """A watch that looks every quarter of a second, and what it wanted, with the times."""

    def __init__(self, *, came_back: bool = True) -> None:
        self.watch = SubscriptionWatch()
        if came_back:
            self.watch.came_back()
        self.now_s = 100.0
        self.done: list[tuple[float, Do]] = []

    def passes(self, seconds: float, microphones: dict[str, bool], *, connected: bool = True) -> list[Do]:
        """What it wants meanwhile."""
        before = len(self.done)
        for _ in range(round(seconds / LOOK_S)):
            self.now_s += LOOK_S
            self.done += [(self.now_s, do) for do in self.watch.look(self.now_s, microphones, connected=connected)]
        return [do for _, do in self.done[before:]]

    def times_s(self, step: Step) -> list[float]:
        return [at_s for at_s, do in self.done if do.step is step]


def steps(done: list[Do]) -> list[Step]:
    return [do.step for do in done]


def test_who_is_given_in_time_is_nothing_to_speak_of() -> None:
    room = Room()
    assert room.passes(PATIENCE_S, THERE) == []
    assert room.passes(60, GIVEN) == []


def test_what_is_not_given_is_told_refused_and_asked_for_and_told_when_it_came() -> None:
    room = Room()
    assert steps(room.passes(PATIENCE_S + 2 * LOOK_S, THERE)) == [Step.TELL_MISSING, Step.REFUSE, Step.ASK]
    assert room.passes(LOOK_S, GIVEN) == [Do(Step.TELL_FOUND, TRACK, after_ms=1250)]
    assert room.passes(60, GIVEN) == []


def test_what_was_made_anew_is_refused_and_asked_for() -> None:
    room = Room(came_back=False)
    room.passes(1, GIVEN)
    room.watch.came_back()
    room.passes(1, {})
    assert steps(room.passes(PATIENCE_S + 2 * LOOK_S, THERE)) == [Step.TELL_MISSING, Step.REFUSE, Step.ASK]


def test_a_connection_that_never_broke_waits_until_the_server_has_looked_again() -> None:
    room = Room(came_back=False)
    assert room.passes(FIRST_S, THERE) == []
    assert steps(room.passes(2 * LOOK_S, THERE)) == [Step.TELL_MISSING, Step.REFUSE, Step.ASK]


def test_what_goes_and_comes_because_it_was_refused_is_not_refused_again() -> None:
    room = Room()
    room.passes(PATIENCE_S + LOOK_S, THERE)
    assert steps(room.passes(LOOK_S, GIVEN)) == [Step.ASK, Step.TELL_FOUND]
    assert room.passes(SETTLES_S - LOOK_S, THERE) == []
    assert room.passes(60, GIVEN) == []


def test_what_goes_because_it_was_refused_and_does_not_come_is_refused_again() -> None:
    room = Room()
    room.passes(PATIENCE_S + LOOK_S, THERE)
    room.passes(LOOK_S, GIVEN)
    assert steps(room.passes(SETTLES_S + 2 * LOOK_S, THERE)) == [Step.TELL_MISSING, Step.REFUSE, Step.ASK]


def test_it_is_asked_for_within_two_seconds_twice() -> None:
    room = Room()
    room.passes(4, THERE)
    first_s = 100.0 + LOOK_S
    assert [at_s - first_s <= 2.25 for at_s in room.times_s(Step.ASK)[:2]] == [True, True]


def test_somebody_who_is_never_given_to_a_connection_that_never_broke_is_asked_for_more_and_more_seldom() -> None:
    """They may not let us hear them: another agent would not either."""
    room = Room(came_back=False)
    done = room.passes(120, THERE)
    assert Step.GIVE_UP not in steps(done)
    assert steps(done).count(Step.TELL_MISSING) == 1
    times_s = room.times_s(Step.ASK)
    gaps_s = [later - earlier for earlier, later in pairwise(times_s)]
    assert gaps_s == sorted(gaps_s)
    assert gaps_s[0] <= AGAIN_S + 2 * LOOK_S
    assert gaps_s[-1] >= SELDOM_S


def test_it_is_given_up_when_our_connection_is_not_the_one_that_we_came_with() -> None:
    room = Room()
    done = room.passes(4, THERE)
    assert steps(done).count(Step.ASK) == 2
    assert done[-1] == Do(Step.GIVE_UP, TRACK)


def test_what_is_given_after_a_break_is_not_given_up() -> None:
    room = Room()
    room.passes(1, GIVEN)
    room.watch.came_back()
    room.passes(PATIENCE_S + LOOK_S, THERE)
    assert Step.GIVE_UP not in steps(room.passes(60, GIVEN))


def test_nothing_counts_while_our_own_connection_is_away() -> None:
    room = Room()
    assert room.passes(30, THERE, connected=False) == []
    assert room.passes(PATIENCE_S - LOOK_S, THERE) == []
    assert steps(room.passes(LOOK_S, THERE)) == [Step.TELL_MISSING, Step.REFUSE]


def test_what_was_refused_when_the_connection_broke_is_asked_for_when_it_is_back() -> None:
    room = Room()
    room.passes(PATIENCE_S + LOOK_S, THERE)
    assert room.passes(30, THERE, connected=False) == []
    assert steps(room.passes(1, THERE)) == [Step.ASK]


def test_a_break_is_no_try() -> None:
    room = Room()
    room.passes(2.5, THERE)
    room.passes(5, THERE, connected=False)
    assert Step.GIVE_UP not in steps(room.passes(2, THERE))


def test_what_came_in_the_moment_in_which_it_was_refused_is_asked_for_at_once() -> None:
    room = Room()
    room.passes(PATIENCE_S + LOOK_S, THERE)
    assert steps(room.passes(LOOK_S, GIVEN)) == [Step.ASK, Step.TELL_FOUND]


def test_what_is_there_no_more_is_forgotten_and_was_not_found() -> None:
    room = Room()
    room.passes(PATIENCE_S + LOOK_S, THERE)
    assert room.passes(5, {}) == []
    assert room.passes(PATIENCE_S, THERE) == []


def test_each_microphone_has_its_own_time() -> None:
    room = Room()
    room.passes(0.5, {"TR_a": False})
    done = room.passes(0.5, {"TR_a": False, "TR_b": False})
    assert {do.track_id for do in done} == {"TR_a"}
    assert {do.track_id for do in room.passes(0.75, {"TR_a": True, "TR_b": False})} == {"TR_a", "TR_b"}
