"""What is done while nothing comes, second by second."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from worker.patience import Patience, Step

TICK_S = 0.25
Story = dict[float, Callable[[Patience, float], None]]


def tell(story: Story, *, until_s: float, clip_s: float = 1.0) -> list[tuple[float, str]]:
    """Every step with its second, when the story's events happen at theirs; a stored line is heard for `clip_s`."""
    patience, steps = Patience(), list[tuple[float, str]]()
    heard_until_s = -1000.0
    events = sorted(story.items())
    for tick in range(int(until_s / TICK_S) + 1):
        now_s = tick * TICK_S
        while events and events[0][0] <= now_s:
            events.pop(0)[1](patience, now_s)
        step = patience.step(now_s, silent_s=max(now_s - heard_until_s, 0.0))
        if step is not None:
            steps.append((now_s, step.value))
        if step is Step.CLIP:
            heard_until_s = now_s + clip_s
    return steps


def owe(patience: Patience, now_s: float) -> None:
    patience.owe(now_s)


def settle(patience: Patience, _: float) -> None:
    patience.settle()


def away(patience: Patience, now_s: float) -> None:
    patience.away(now_s)


def back(patience: Patience, now_s: float) -> None:
    patience.back(now_s)


def begun(patience: Patience, now_s: float) -> None:
    patience.begun(now_s)


def refused(retry_after_s: float | None) -> Callable[[Patience, float], None]:
    return lambda patience, now_s: patience.refused(now_s, retry_after_s)


CLIPS = [(3.0, "clip"), (9.0, "clip"), (15.0, "clip"), (21.0, "clip"), (27.0, "clip")]

STORIES: dict[str, tuple[Story, float, list[tuple[float, str]]]] = {
    "nothing is owed": ({}, 60, []),
    "an answer in time": ({0: owe, 2.5: settle}, 60, []),
    "an answer that never comes": (
        {0: owe},
        60,
        sorted(
            [
                *CLIPS,
                (5.0, "ask_again"),
                (10.0, "give_up_session"),
                (15.25, "ask_again"),
                (20.0, "give_up_session"),
                (25.0, "ask_again"),
                (30.0, "give_up"),
            ]
        ),
    ),
    "a slow answer is not asked for twice": (
        {0: owe, 1: begun, 8: settle},
        60,
        [(3.0, "clip")],
    ),
    "an answer that begins and never sounds": (
        {0: owe, 1: begun, 12: settle},
        60,
        [(3.0, "clip"), (9.0, "clip"), (11.0, "give_up_session")],
    ),
    "the model is away": ({0: away, 20: back}, 60, CLIPS[:3]),
    "away and back before anybody noticed": ({0: away, 2: back}, 60, []),
    "away with a debt that is paid after it": (
        {0: owe, 1: away, 8: back, 9: settle},
        60,
        [(3.0, "clip")],
    ),
    "the line gives up the outage, not we": ({0: owe, 1: away}, 40, [*CLIPS, (33.0, "clip"), (39.0, "clip")]),
    "told to wait": (
        {0: owe, 0.5: refused(8.0), 9: settle},
        60,
        [(3.0, "clip"), (8.5, "ask")],
    ),
    "refused without a word": (
        {0: owe, 0.5: refused(None), 2: refused(None), 4: settle},
        60,
        [(1.0, "ask"), (3.0, "clip"), (3.25, "ask")],
    ),
    "a refusal of what is not owed": ({0: refused(1.0)}, 60, []),
}


@pytest.mark.parametrize("name", STORIES)
def test_step_by_step(name: str) -> None:
    story, until_s, steps = STORIES[name]
    assert tell(story, until_s=until_s) == steps


def test_no_line_right_behind_the_agents_own_voice() -> None:
    patience = Patience()
    patience.away(0.0)
    assert patience.step(3.0, silent_s=0.0) is None
    assert patience.step(8.0, silent_s=0.5) is None
    assert patience.step(8.5, silent_s=1.0) is Step.CLIP


def test_each_wait_counts_its_own_lines() -> None:
    patience = Patience()
    patience.owe(0.0)
    assert patience.step(3.0, 3.0) is Step.CLIP
    assert patience.clips == 1
    patience.settle()
    patience.owe(20.0)
    assert patience.clips == 0


def test_who_is_refused_again_and_again_asks_less_and_less_often() -> None:
    patience, asked = Patience(), list[float]()
    patience.owe(0.0)
    patience.refused(0.0, None)
    for tick in range(80):
        now_s = tick * TICK_S
        if patience.step(now_s, silent_s=0.0) is Step.ASK:
            asked.append(now_s)
            patience.refused(now_s, None)
    assert asked == [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5]
