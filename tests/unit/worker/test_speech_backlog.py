"""What of the speech that waits is tried next."""

from __future__ import annotations

from worker.speech_backlog import GIVE_UP, RETRY_MAX_S, RETRY_MIN_S, Entry, SpeechBacklog


def backlog(*items: str, max_bytes: int = 1_000) -> SpeechBacklog[str]:
    made: SpeechBacklog[str] = SpeechBacklog(max_bytes)
    for item in items:
        made.add(item, 10)
    return made


def taken(waiting: SpeechBacklog[str], now_s: float = 0.0) -> Entry[str]:
    entry = waiting.take(now_s)
    assert entry is not None
    return entry


def test_new_speech_goes_before_what_waits_and_both_in_their_order() -> None:
    waiting = backlog()
    waiting.add("old 1", 10, is_new=False)
    waiting.add("old 2", 10, is_new=False)
    waiting.add("new 1", 10)
    waiting.add("new 2", 10)
    assert [taken(waiting).item for _ in range(4)] == ["new 1", "new 2", "old 1", "old 2"]
    assert waiting.take(0) is None
    assert not waiting.is_empty, "they are being tried"


def test_while_the_service_is_down_one_is_tried_at_a_time_and_less_and_less_often() -> None:
    waiting = backlog("a", "b", "c")
    assert waiting.failed(taken(waiting), now_s=0)
    now_s, pauses = 0.0, []
    for _ in range(8):
        assert waiting.take(now_s) is None
        pause_s = waiting.wait_s(now_s)
        assert pause_s is not None
        pauses.append(pause_s)
        now_s += pause_s
        entry = taken(waiting, now_s)
        assert waiting.take(now_s) is None, "one at a time"
        assert waiting.wait_s(now_s) is None, "its end is waited for"
        assert waiting.failed(entry, now_s)
    assert pauses[:3] == [RETRY_MIN_S, 2 * RETRY_MIN_S, 4 * RETRY_MIN_S]
    assert pauses[-1] == RETRY_MAX_S


def test_one_that_was_not_taken_goes_to_the_end_of_the_line() -> None:
    waiting = backlog("a", "b")
    waiting.failed(taken(waiting), 0)
    second = taken(waiting, 10)
    assert second.item == "b"
    waiting.done(second)
    assert [taken(waiting, 10).item, waiting.take(10)] == ["a", None]


def test_when_it_is_back_all_go_at_once() -> None:
    waiting = backlog("a", "b", "c")
    waiting.failed(taken(waiting), 0)
    waiting.done(taken(waiting, 10))
    assert {taken(waiting, 10).item, taken(waiting, 10).item} == {"a", "c"}


def test_requests_that_fail_together_are_one_failure() -> None:
    waiting = backlog("a", "b", "c")
    for entry in [taken(waiting) for _ in range(3)]:
        waiting.failed(entry, 0)
    assert waiting.wait_s(0) == RETRY_MIN_S


def test_an_outage_however_long_gives_nothing_up() -> None:
    waiting = backlog("a")
    for now_s in range(0, 100_000, 100):
        assert waiting.failed(taken(waiting, now_s), now_s)
    assert waiting.dropped == 0


def test_what_is_never_taken_while_others_are_is_given_up() -> None:
    waiting = backlog("poison")
    now_s, failures = 0.0, 0
    while True:
        now_s += 100
        failures += 1
        if not waiting.failed(taken(waiting, now_s), now_s):
            break
        waiting.add("good", 10)
        now_s += 100
        waiting.done(taken(waiting, now_s))
    assert failures == GIVE_UP + 1
    assert waiting.dropped == 1
    assert waiting.is_empty


def test_what_does_not_fit_is_not_taken_and_what_is_done_makes_room() -> None:
    waiting = backlog("a", "b", max_bytes=25)
    assert waiting.fits(5)
    assert not waiting.fits(10)
    assert waiting.dropped == 1
    waiting.done(taken(waiting))
    assert waiting.fits(10)
