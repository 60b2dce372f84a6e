"""One system, once: so many calls at the same time, and what they and their processes did meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scripts.bench import meter
from scripts.bench.systems import Running, Stage, System
from scripts.caller.conversation import Line
from scripts.caller.many import at_once
from scripts.caller.one_call import Observer, place_call
from scripts.caller.plans import plan
from scripts.caller.report import CallResult, Turn

SETTLE_S = 3.0
"""After the start, before memory at idle is read."""
FIRST_CALL_S = 5.0
"""One call comes before the others: what a system loads with its first one is not memory of each call."""


@dataclass(frozen=True, slots=True)
class Round:
    calls: int
    results: Sequence[CallResult]
    idle_mb: float
    one_mb: float
    """At the end of the only call."""
    busy_mb: float
    window_s: float
    """How long all calls were there at once; 0 when they never were."""
    cpu_s: float
    native_s: float
    """In that window: processor seconds of all threads of the system, and of those that run no Python."""

    @property
    def mb_per_call(self) -> float:
        """Of each further call; of the first, where there was one."""
        return (self.busy_mb - self.one_mb) / (self.calls - 1) if self.calls > 1 else self.one_mb - self.idle_mb


async def run_round(system: System, stage: Stage, lines: Sequence[Line], calls: int, seconds: float) -> Round:
    async with system(stage) as running:
        await stage.clock.sleep(SETTLE_S)
        idle_mb = meter.memory_mb(meter.tree(running.root_pid))
        one = _Window(running, stage, 1)
        await _call(one, lines, FIRST_CALL_S, 0)
        window = _Window(running, stage, calls)
        results = await at_once(lambda index: _call(window, lines, seconds, index), calls, stage.clock)
        cost = window.cost
        return Round(calls, results, idle_mb, one.busy_mb, window.busy_mb, cost.window_s, cost.cpu_s, cost.native_s)


async def _call(window: _Window, lines: Sequence[Line], seconds: float, index: int) -> CallResult:
    clock = window.stage.clock
    says = plan(lines, seconds, clock, index)
    return await place_call(window.running.door_for(), says, clock, observer=_Watching(window))


@dataclass(frozen=True, slots=True)
class _Cost:
    window_s: float = 0.0
    cpu_s: float = 0.0
    native_s: float = 0.0


@dataclass(slots=True)
class _Window:
    """From the moment when the last call has its agent until the first call ends."""

    running: Running
    stage: Stage
    calls: int
    busy_mb: float = 0.0
    cost: _Cost = _Cost()
    _joined: int = 0
    _began: tuple[float, meter.Spent] | None = None

    def joined(self) -> None:
        self._joined += 1
        if self._joined == self.calls:
            self._began = self.stage.clock.monotonic_s(), meter.spent(self._pids())

    def ends(self) -> None:
        if self._began is None:
            return
        (began_s, before), self._began = self._began, None
        cpu_s, native_s = meter.spent(self._pids()).since(before)
        self.cost = _Cost(self.stage.clock.monotonic_s() - began_s, cpu_s, native_s)
        self.busy_mb = meter.memory_mb(self._pids())

    def _pids(self) -> list[int]:
        return meter.tree(self.running.root_pid)


class _Watching(Observer):
    def __init__(self, window: _Window) -> None:
        self._window = window

    def on_agent(self, joined_ms: int) -> None:
        self._window.joined()

    def on_turn(self, turn: Turn) -> None:
        pass

    def on_end(self, *, by_caller: bool, reason: str | None) -> None:
        self._window.ends()
