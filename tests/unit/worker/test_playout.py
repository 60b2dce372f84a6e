from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shared import pcm
from worker import playout
from worker.playout import FRAME_MS, Heard, Playout


def _ms(ms: float) -> bytes:
    return b"\x01" * pcm.bytes_of(ms)


def _push(line: Playout, frames: int) -> float:
    """Hand over up to `frames` frames; how many ms they were."""
    pushed_ms = 0.0
    for _ in range(frames):
        frame = line.next_frame()
        if frame is None:
            break
        pushed_ms += pcm.ms_of(len(frame[1]))
    return pushed_ms


def test_audio_comes_out_in_frames_and_in_order() -> None:
    line = Playout()
    line.add("a", _ms(2 * FRAME_MS + 20))
    line.add("b", _ms(30))
    frames = [line.next_frame() for _ in range(5)]
    assert [(frame[0], pcm.ms_of(len(frame[1]))) for frame in frames if frame] == [
        ("a", FRAME_MS),
        ("a", FRAME_MS),
        ("a", 20),
        ("b", 30),
    ]
    assert frames[4] is None


def test_an_item_is_over_when_its_last_sound_was_heard() -> None:
    line = Playout()
    line.add("a", _ms(200))
    line.finish("a")
    assert line.settle(0) == []  # nothing was handed over yet
    _push(line, 1)
    assert line.waiting  # so it does not end yet, however little is queued
    _push(line, 1)
    assert line.ending
    assert line.settle(queued_ms=30) == []
    assert line.settle(queued_ms=0) == [Heard("a", 200, 200, complete=True)]
    assert line.idle


def test_an_item_that_may_get_more_is_not_over() -> None:
    line = Playout()
    line.add("a", _ms(50))
    _push(line, 1)
    assert line.settle(0) == []
    assert not line.ending


def test_a_new_item_says_that_the_one_before_is_complete() -> None:
    line = Playout()
    line.add("a", _ms(50))
    line.add("b", _ms(50))
    _push(line, 2)
    assert [heard.item_id for heard in line.settle(queued_ms=50)] == ["a"]
    assert line.current == "b"


def test_a_cut_says_how_much_of_each_item_was_heard() -> None:
    line = Playout()
    line.add("a", _ms(100))
    line.add("b", _ms(400))
    line.add("c", _ms(100))
    _push(line, 4)  # all of a, 300 ms of b
    assert line.cut(queued_ms=120) == [
        Heard("a", 100, 100, complete=True),
        Heard("b", 180, 400, complete=False),
        Heard("c", 0, 100, complete=False),
    ]
    assert line.idle
    assert not line.waiting


def test_after_a_cut_the_line_starts_anew() -> None:
    line = Playout()
    line.add("a", _ms(500))
    _push(line, 4)
    line.cut(queued_ms=100)
    line.add("b", _ms(100))
    _push(line, 2)
    assert line.heard_ms(queued_ms=40) == 60


def test_more_than_anybody_listens_to_is_dropped_and_counted() -> None:
    line = Playout()
    line.add("a", _ms(playout.MAX_UNPLAYED_MS - 100))
    line.add("a", _ms(250))
    assert line.dropped_ms == 150
    line.add("a", _ms(50))
    assert line.dropped_ms == 200


def test_finishing_all_lets_every_item_end() -> None:
    line = Playout()
    line.add("a", _ms(10))
    line.finish_all()
    _push(line, 1)
    assert line.settle(0) == [Heard("a", 10, 10, complete=True)]


@given(
    items=st.lists(st.integers(1, 400), min_size=1, max_size=5),
    frames=st.integers(0, 40),
    share=st.floats(0, 1),
)
def test_a_cut_accounts_for_every_ms(items: list[int], frames: int, share: float) -> None:
    """Heard and pushed agree, whatever was said and whenever it was cut."""
    line = Playout()
    for number, ms in enumerate(items):
        line.add(str(number), _ms(ms))
    line.finish_all()
    pushed_ms = _push(line, frames)
    queued_ms = float(int(min(pushed_ms, 4 * FRAME_MS) * share))
    said = line.cut(queued_ms)
    assert [heard.item_id for heard in said] == [str(number) for number in range(len(items))]
    assert sum(heard.heard_ms for heard in said) == pushed_ms - queued_ms
    assert all(heard.heard_ms <= heard.received_ms for heard in said)
    # Once something was not heard to its end, nothing behind it was heard at all.
    cut = [heard.heard_ms == heard.received_ms for heard in said]
    assert cut == sorted(cut, reverse=True)


def test_an_unbroken_item_is_not_cut_and_what_stands_behind_it_is() -> None:
    line = Playout()
    line.add("notice", _ms(3 * FRAME_MS), unbroken=True)
    line.finish("notice")
    line.add("answer", _ms(FRAME_MS))
    _push(line, 2)
    assert line.cut(queued_ms=FRAME_MS) == [Heard("answer", 0, FRAME_MS, complete=False)]
    assert line.goes_on
    assert line.heard_ms(queued_ms=FRAME_MS) == FRAME_MS
    assert line.state.waiting_ms == FRAME_MS
    assert _push(line, 2) == FRAME_MS
    assert line.cut(queued_ms=0) == [Heard("notice", 3 * FRAME_MS, 3 * FRAME_MS, complete=True)]
    assert line.idle


def test_nothing_is_handed_over_behind_an_unbroken_item_before_that_was_heard() -> None:
    line = Playout()
    line.add("notice", _ms(FRAME_MS), unbroken=True)
    line.add("answer", _ms(FRAME_MS))
    assert _push(line, 5) == FRAME_MS
    assert line.ending
    assert _push(line, 1) == 0
    line.settle(queued_ms=0)
    assert _push(line, 5) == FRAME_MS


def test_an_unbroken_item_that_still_waits_for_its_turn_is_cut_like_any_other() -> None:
    line = Playout()
    line.add("answer", _ms(FRAME_MS))
    line.add("notice", _ms(FRAME_MS), unbroken=True)
    _push(line, 1)
    assert [heard.item_id for heard in line.cut(queued_ms=FRAME_MS)] == ["answer", "notice"]
    assert line.idle
