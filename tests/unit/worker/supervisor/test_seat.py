"""One process of several, without a process."""

from __future__ import annotations

import asyncio
import signal

from tests.fakes.clock import FakeClock, settle
from worker.supervisor.seat import BACK_OFF_S, STEADY_S, Child, Seat


class FakeChild(Child):
    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.told: list[signal.Signals] = []
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    @property
    def pid(self) -> int:
        return self._pid

    def signal(self, number: signal.Signals) -> None:
        self.told.append(number)

    async def wait(self) -> int:
        return await self.ended


class Bench:
    """A seat that is being kept, and the children that it has had."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.children: list[FakeChild] = []
        self.fails: OSError | None = None
        self.may_start = asyncio.Event()
        self.may_start.set()
        self.seat = Seat("1", self._start, self.clock)
        self.keeping = asyncio.create_task(self.seat.keep())

    async def _start(self) -> Child:
        await self.may_start.wait()
        if self.fails is not None:
            raise self.fails
        self.children.append(FakeChild(len(self.children) + 1))
        return self.children[-1]

    async def dies(self, status: int = -9) -> None:
        self.children[-1].ended.set_result(status)
        await settle()


async def test_who_dies_is_started_again_later_and_later() -> None:
    bench = Bench()
    await settle()
    for again_s in (*BACK_OFF_S, BACK_OFF_S[-1]):
        before = len(bench.children)
        await bench.dies()
        await bench.clock.advance(again_s - 0.01)
        assert len(bench.children) == before
        await bench.clock.advance(0.01)
        assert len(bench.children) == before + 1
    assert bench.seat.restarts == len(BACK_OFF_S) + 1
    bench.keeping.cancel()


async def test_who_has_lived_long_begins_anew() -> None:
    bench = Bench()
    await settle()
    for _ in range(3):
        await bench.dies()
        await bench.clock.advance(BACK_OFF_S[3])
    await bench.clock.advance(STEADY_S)
    await bench.dies()
    await bench.clock.advance(BACK_OFF_S[0])
    assert len(bench.children) == 5
    bench.keeping.cancel()


async def test_who_was_told_to_end_is_not_started_again() -> None:
    bench = Bench()
    await settle()
    bench.seat.tell(signal.SIGTERM)
    bench.seat.tell(signal.SIGTERM)
    assert bench.children[0].told == [signal.SIGTERM, signal.SIGTERM]
    await settle()
    assert not bench.keeping.done()
    await bench.dies(status=0)
    assert bench.keeping.done()
    assert (bench.seat.pid, bench.seat.restarts) == (None, 0)


async def test_a_signal_while_it_waits_to_be_started_ends_the_wait() -> None:
    bench = Bench()
    await settle()
    await bench.dies()
    bench.seat.tell(signal.SIGTERM)
    await settle()
    assert bench.keeping.done()
    assert len(bench.children) == 1


async def test_a_signal_while_it_is_being_started_reaches_it() -> None:
    bench = Bench()
    bench.may_start.clear()
    await settle()
    bench.seat.tell(signal.SIGINT)
    bench.may_start.set()
    await settle()
    assert bench.children[0].told == [signal.SIGINT]
    await bench.dies(status=0)
    assert bench.keeping.done()


async def test_one_that_cannot_be_started_is_tried_again() -> None:
    bench = Bench()
    bench.fails = OSError(12, "Cannot allocate memory")
    await settle()
    bench.fails = None
    await bench.clock.advance(BACK_OFF_S[0])
    assert len(bench.children) == 1
    bench.keeping.cancel()
