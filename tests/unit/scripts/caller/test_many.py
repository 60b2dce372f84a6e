from __future__ import annotations

import asyncio

from scripts.caller.many import STAGGER_S, at_once, in_turns
from scripts.caller.report import CallResult, Summary, Turn


class VirtualTime:
    def __init__(self) -> None:
        self.now_s = 0.0
        self.slept_s: list[float] = []

    def now_ms(self) -> int:
        return 0

    def monotonic_s(self) -> float:
        return self.now_s

    async def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        await asyncio.sleep(0)


def result(name: str, ms: int) -> CallResult:
    return CallResult(name, record={"status": "completed"}, turns=[Turn("a", "b", ms)])


async def test_calls_begin_a_little_one_after_the_other() -> None:
    time = VirtualTime()

    async def call(index: int) -> CallResult:
        return result(f"call {index}", 600)

    results = await at_once(call, 3, time)
    assert [one.user_id for one in results] == ["call 0", "call 1", "call 2"]
    assert time.slept_s == [0, STAGGER_S, 2 * STAGGER_S]


async def test_the_order_turns_round_each_time() -> None:
    placed: list[str] = []
    told: list[str] = []

    async def call(index: int) -> CallResult:
        placed.append("call")
        return result("call", 640)

    async def floor(index: int) -> CallResult:
        placed.append("floor")
        return result("floor", 610)

    def tell(name: str, summary: Summary) -> None:
        told.append(f"{name}{summary.p50_ms}")

    measured = await in_turns(call, floor, 1, 3, VirtualTime(), tell)
    assert placed == ["call", "floor", "floor", "call", "call", "floor"]
    assert told[:3] == [
        "round 1 of 3, by the API: 640",
        "round 1 of 3, without a model: 610",
        "round 2 of 3, without a model: 610",
    ]
    assert [(calls.p50_ms, floors.p50_ms) for calls, floors in measured.rounds] == [(640, 610)] * 3
    assert [summary.calls for summary in measured.summaries()] == [3, 3]
