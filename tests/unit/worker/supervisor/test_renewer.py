"""Replacing processes, without a process."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Iterable

import pytest

from tests.fakes.clock import FakeClock, settle
from tests.unit.worker.supervisor.test_seat import FakeChild
from worker.supervisor.crew import RETIRE, Crew
from worker.supervisor.renewal import Bounds, Reason, Seen
from worker.supervisor.renewer import AGAIN_S, LOOK_S, READY_LOOK_S, READY_WITHIN_S, SILENT_LOOKS, Looks, Renewer
from worker.supervisor.seat import Child

SMALL, GROWN = Seen(200, 20, 1e4), Seen(700, 20, 1e4)


class FakeLooks(Looks):
    def __init__(self) -> None:
        self.sizes_of: dict[str, Seen] = {}
        self.silent: set[str] = set()
        self.unready: set[str] = set()
        self.fails = False

    async def sizes(self, names: Iterable[str]) -> dict[str, Seen]:
        if self.fails:
            raise RuntimeError("no pages")
        return {name: self.sizes_of.get(name, SMALL) for name in names if name not in self.silent}

    async def is_ready(self, name: str) -> bool:
        return name not in self.unready


class Bench:
    def __init__(self, size: int) -> None:
        self.clock, self.looks = FakeClock(), FakeLooks()
        self.children: dict[str, FakeChild] = {}
        self.most = 0
        self.crew = Crew(self._start, size, self.clock)
        self.renewer = Renewer(self.crew, self.looks, Bounds(memory_mb=600), self.clock)
        for _ in range(size):
            self.crew.hire()
        self.renewing = asyncio.create_task(self.renewer.run())

    async def _start(self, name: str) -> Child:
        child = self.children[name] = FakeChild(len(self.children) + 1)
        self.most = max(self.most, len(self.crew.names))
        return child

    async def leaves(self, name: str) -> None:
        self.children[name].ended.set_result(0)
        self.looks.sizes_of.pop(name, None)
        await settle()

    async def looks_once(self) -> None:
        await self.clock.advance(LOOK_S)


@pytest.fixture
async def one() -> AsyncIterator[Bench]:
    bench = Bench(1)
    await settle()
    yield bench
    bench.renewing.cancel()
    await bench.crew.aclose()


@pytest.fixture
async def three() -> AsyncIterator[Bench]:
    bench = Bench(3)
    await settle()
    yield bench
    bench.renewing.cancel()
    await bench.crew.aclose()


async def test_the_old_one_is_told_when_the_fresh_one_has_been_ready_for_a_moment(one: Bench) -> None:
    working = asyncio.create_task(one.crew.until_none())
    one.looks.sizes_of["1"] = GROWN
    one.looks.unready.add("2")
    await one.looks_once()
    assert one.crew.serving == ["1", "2"]
    await one.clock.advance(10)
    assert one.children["1"].told == []
    one.looks.unready.clear()
    await one.clock.advance(2 * READY_LOOK_S)
    assert one.children["1"].told == [RETIRE]
    assert (one.crew.serving, one.crew.retired) == (["2"], ["1"])
    assert one.renewer.by_reason() == {("memory",): 1, ("calls",): 0}
    await one.leaves("1")
    assert one.crew.names == ["2"]
    assert one.crew.restarts == 0
    assert not working.done(), "who was hired meanwhile is waited for, too"
    working.cancel()


async def test_the_next_one_takes_the_name_that_is_free(one: Bench) -> None:
    one.looks.sizes_of["1"] = GROWN
    await one.clock.advance(LOOK_S + 2 * READY_LOOK_S)
    await one.leaves("1")
    one.looks.sizes_of["2"] = GROWN
    await one.clock.advance(LOOK_S + 2 * READY_LOOK_S)
    assert one.crew.serving == ["1"]


async def test_only_one_is_replaced_at_a_time(three: Bench) -> None:
    three.looks.sizes_of |= {"1": GROWN, "2": GROWN, "3": GROWN}
    three.looks.unready |= {"4", "5", "6"}
    await three.clock.advance(20)
    assert three.crew.serving == ["1", "2", "3", "4"]
    three.looks.unready.clear()
    for _ in range(20):
        await three.looks_once()
        assert len(three.crew.serving) >= three.crew.size
    assert three.crew.retired == ["1", "2", "3"]
    assert three.renewer.replaced[Reason.MEMORY] == 3


async def test_who_was_replaced_leaves_before_its_successor_is_replaced(one: Bench) -> None:
    one.looks.sizes_of |= {"1": GROWN, "2": GROWN}
    await one.clock.advance(60)
    assert one.crew.names == ["1", "2"]
    await one.leaves("1")
    await one.clock.advance(LOOK_S + 2 * READY_LOOK_S)
    assert one.crew.serving == ["1"]
    assert one.most == 2


async def test_one_that_does_not_become_ready_changes_nothing_and_is_tried_again(one: Bench) -> None:
    one.looks.sizes_of["1"] = GROWN
    one.looks.unready.add("2")
    await one.clock.advance(LOOK_S + READY_WITHIN_S)
    assert one.crew.serving == ["1"]
    assert one.children["1"].told == []
    assert one.children["2"].told == [RETIRE]
    assert one.renewer.by_reason()[("memory",)] == 0
    await one.leaves("2")
    one.looks.unready.clear()
    await one.clock.advance(AGAIN_S + 2 * READY_LOOK_S)
    assert one.crew.serving == ["2"]


async def test_who_should_leave_and_hangs_is_killed_so_that_others_can_be_replaced(one: Bench) -> None:
    one.looks.sizes_of["1"] = GROWN
    await one.clock.advance(LOOK_S + 2 * READY_LOOK_S)
    one.looks.silent.add("1")
    await one.clock.advance(LOOK_S * (SILENT_LOOKS - 1))
    assert signal.SIGKILL not in one.children["1"].told
    await one.clock.advance(LOOK_S * 2)
    assert one.children["1"].told[:2] == [RETIRE, signal.SIGKILL]


async def test_who_does_not_answer_is_not_replaced(one: Bench) -> None:
    one.looks.sizes_of["1"] = GROWN
    one.looks.silent.add("1")
    await one.clock.advance(200)
    assert one.crew.names == ["1"]


async def test_a_signal_during_a_replacement_reaches_both(one: Bench) -> None:
    one.looks.sizes_of["1"] = GROWN
    one.looks.unready.add("2")
    await one.looks_once()
    one.crew.tell(signal.SIGTERM)
    await settle()
    assert one.renewing.done()
    assert [child.told[0] for child in one.children.values()] == [signal.SIGTERM, signal.SIGTERM]
    gone = asyncio.create_task(one.crew.until_none())
    await one.leaves("1")
    assert not gone.done()
    await one.leaves("2")
    assert gone.done()


async def test_a_look_that_fails_is_not_the_last_one(one: Bench) -> None:
    one.looks.fails = True
    await one.looks_once()
    one.looks.fails = False
    one.looks.sizes_of["1"] = GROWN
    await one.clock.advance(AGAIN_S + 2 * READY_LOOK_S)
    assert one.crew.serving == ["2"]


async def test_restarts_of_those_that_have_gone_are_still_counted(one: Bench) -> None:
    one.children["1"].ended.set_result(-9)
    await one.clock.advance(0.5)
    one.looks.sizes_of["1"] = GROWN
    await one.clock.advance(LOOK_S + 2 * READY_LOOK_S)
    await one.leaves("1")
    assert (one.crew.names, one.crew.restarts) == (["2"], 1)
