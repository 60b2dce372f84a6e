from __future__ import annotations

from worker.arrivals import SPAN_MS, Arrivals

FRAME_MS = 20


def heard(*came_ms: float) -> list[float]:
    """What is believed of each frame's end, of frames that came then."""
    arrivals, found = Arrivals(), []
    for at_ms in came_ms:
        arrivals.came(FRAME_MS, at_ms)
        found.append(arrivals.newest_ms)
    return found


def test_frames_that_come_in_time_end_when_they_come() -> None:
    assert heard(20, 40, 60) == [20, 40, 60]


def test_a_burst_is_late_and_does_not_move_what_was_heard() -> None:
    assert heard(20, 40, 200, 200, 200, 200, 200, 200, 200, 200, 220) == [*range(20, 201, 20), 220]


def test_a_first_frame_that_was_late_is_known_by_the_next_one() -> None:
    assert heard(90, 100, 100, 100, 120) == [90, 100, 100, 100, 120]
    assert heard(90, 100, 100)[-1] == 100


def test_a_path_that_has_become_longer_is_believed_after_a_while() -> None:
    arrivals = Arrivals()
    for number in range(1, 200):
        arrivals.came(FRAME_MS, number * FRAME_MS)
    for number in range(200, 200 + SPAN_MS // FRAME_MS + 2):
        arrivals.came(FRAME_MS, number * FRAME_MS + 70)
    assert arrivals.newest_ms == (200 + SPAN_MS // FRAME_MS + 1) * FRAME_MS + 70
