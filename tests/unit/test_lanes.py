"""How tests are dealt out to the lanes: all of them run, and what measures has no other than light work beside it."""

from __future__ import annotations

import random
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.support.lanes import BROWSER, LIGHT, LONG, MEASURING, Lanes, is_light, is_measuring, scheduler

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", MEASURING)
def test_what_measures_is_there(name: str) -> None:
    path, _, function = name.partition("::")
    assert f"def {function}" in (ROOT / path).read_text()
    assert is_measuring(f"{name}[some-parameter]" if function else f"{name}::test_one[a::b]")


def test_other_some_tests_a_file_that_is_measured_in_part_run_beside_others() -> None:
    name = next(each for each in MEASURING if "::" in each)
    assert not is_measuring(name.partition("::")[0] + "::test_another")


@pytest.mark.parametrize("name", LONG + LIGHT)
def test_what_is_long_is_there(name: str) -> None:
    assert (ROOT / name).is_file()


class Lane:
    """What the scheduler sees of one: it takes tests in turn, and holds back its last one until it knows what comes
    next."""

    def __init__(self, tests: list[str]) -> None:
        self.tests, self.waiting, self.shutting_down = tests, list[str](), False
        self.gateway = SimpleNamespace(id="lane")

    def send_runtest_some(self, indexes: list[int]) -> None:
        assert not self.shutting_down
        self.waiting += [self.tests[index] for index in indexes]

    def shutdown(self) -> None:
        self.shutting_down = True

    @property
    def running(self) -> str | None:
        may_run = len(self.waiting) > 1 or (self.waiting and self.shutting_down)
        return self.waiting[0] if may_run else None


def some_tests(chance: random.Random, *, browsers: bool) -> list[str]:
    """In their order: files of other tests, light files, and what measures."""
    folders = ["tests/unit/", "tests/e2e/one_worker/", *([BROWSER] * browsers)]
    files = [f"tests/unit/test_{number}.py" for number in range(4)]  # no lane begins with what measures
    files += [f"{chance.choice(folders)}test_{number}.py" for number in range(4, chance.randrange(4, 12))]
    others = [f"{file}::test_{number}" for file in files for number in range(chance.randrange(1, 6))]
    light = [f"{file}::test_{number}" for file in LIGHT for number in range(chance.randrange(8))]
    measuring = [
        name if "::" in name else f"{name}::test_it" for name in MEASURING if browsers or "browser" not in name
    ]
    return [*others, *light, *measuring]


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("lanes", [1, 2, 3, 4])
def test_each_test_runs_once_and_what_measures_has_light_work_beside_it_at_most(seed: int, lanes: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same runs each time
    tests = some_tests(chance, browsers=seed % 3 != 0)
    running = [Lane(tests) for _ in range(lanes)]
    dealing = started(tests, running)
    done: list[str] = []
    while busy := [lane for lane in running if lane.running]:
        now = [lane.waiting[0] for lane in busy]
        if any(map(is_measuring, now)):
            assert sum(not is_light(test) for test in now) == 1, now
        lane = chance.choice(busy)
        done.append(lane.waiting.pop(0))
        dealing.mark_test_complete(lane, tests.index(done[-1]))
    assert sorted(done) == sorted(tests)
    assert dealing.tests_finished


def started(tests: list[str], lanes: list[Lane]) -> Lanes:
    option = SimpleNamespace(loadscopereorder=False, maxprocesses=None)
    config = SimpleNamespace(option=option, getvalue=lambda name: {"tx": [f"{len(lanes)}*popen"]}[name])
    dealing = scheduler(config, None)
    for lane in lanes:
        dealing.add_node(lane)
        dealing.add_node_collection(lane, tests)
    dealing.schedule()
    return dealing
