"""What of the recordings that wait is tried next, and when."""

from __future__ import annotations

from pathlib import Path

from shared.call_report import RecordingCause
from shared.ids import CallId, EgressId
from tests.unit.worker.recordings import order
from worker.ports import Part, WrittenPart
from worker.store_line import GIVE_UP_S, RETRY_MAX_S, RETRY_MIN_S, StoreLine, Waiting


def waiting(name: str, since_s: float = 0.0) -> Waiting:
    part = Part(CallId("a-call"), 1, order(EgressId(name)), 1)
    return Waiting(WrittenPart(part, 1_000, RecordingCause.CALL_OVER, Path(name), None), since_s)


def line_of(*names: str) -> StoreLine:
    line = StoreLine()
    for name in names:
        line.add(waiting(name))
    return line


def taken(line: StoreLine, now_s: float = 0.0) -> Waiting:
    found = line.take(now_s)
    assert found is not None
    return found


def name_of(one: Waiting) -> str:
    return one.written.part.order.egress_id


def test_all_that_wait_may_be_tried_at_once_each_by_one_who_asks() -> None:
    line = line_of("a", "b", "c")
    assert [name_of(taken(line)) for _ in range(3)] == ["a", "b", "c"]
    assert line.take(0) is None
    assert line.wait_s(0) is None
    assert not line.is_empty, "they are being tried"
    for _ in range(3):
        line.done()
    assert line.is_empty


def test_while_the_store_is_down_it_is_tried_less_and_less_often() -> None:
    line = line_of("a", "b", "c")
    line.failed(taken(line), 0)
    now_s, pauses = 0.0, []
    for _ in range(8):
        assert line.take(now_s) is None
        pause_s = line.wait_s(now_s)
        assert pause_s is not None
        pauses.append(pause_s)
        now_s += pause_s
        line.failed(taken(line, now_s), now_s)
    assert pauses[:4] == [RETRY_MIN_S, 2 * RETRY_MIN_S, 4 * RETRY_MIN_S, 8 * RETRY_MIN_S]
    assert pauses[-1] == RETRY_MAX_S


def test_attempts_that_fail_together_are_one_failure() -> None:
    line = line_of("a", "b", "c")
    for one in [taken(line) for _ in range(3)]:
        line.failed(one, 5)
    assert line.wait_s(5) == RETRY_MIN_S


def test_a_pause_follows_an_attempt_that_took_longer_than_the_last_pause() -> None:
    line = line_of("a")
    line.failed(taken(line), 0)
    line.failed(taken(line, 1), 100)
    assert line.wait_s(100) == 2 * RETRY_MIN_S


def test_an_attempt_that_lasts_holds_up_no_other() -> None:
    line = line_of("fails", "large", "small")
    line.failed(taken(line), 0)
    assert name_of(taken(line, 1)) == "large"
    assert line.take(1) is None, "nobody knows whether the store is back"
    assert name_of(taken(line, 1 + 2 * RETRY_MIN_S)) == "small"


def test_when_one_is_taken_all_others_go_at_once() -> None:
    line = line_of("a", "b", "c")
    line.failed(taken(line), 0)
    taken(line, 1)
    line.done()
    assert [name_of(taken(line, 1)) for _ in range(2)] == ["c", "a"]


def test_what_is_never_taken_goes_behind_all_others() -> None:
    line = line_of("bad")
    for now_s in (0, 100, 200):
        line.failed(taken(line, now_s), now_s)
    line.add(waiting("good"))
    line.add(waiting("better"))
    order = []
    for now_s in (300, 400, 500):
        order.append(name_of(one := taken(line, now_s)))
        if one.failures:
            line.failed(one, now_s)
        else:
            line.done()
    assert order == ["good", "better", "bad"]


def test_what_waits_for_a_day_is_told_once_and_stays() -> None:
    line = line_of("old")
    line.add(waiting("young", since_s=10))
    assert line.overdue(GIVE_UP_S - 1) == []
    assert [name_of(one) for one in line.overdue(GIVE_UP_S)] == ["old"]
    assert line.overdue(GIVE_UP_S + 1) == []
    assert {name_of(taken(line)) for _ in range(2)} == {"old", "young"}
