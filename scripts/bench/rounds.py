"""One system, once: so many calls at the same time, and what they and their processes did meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from scripts.bench import meter
from scripts.bench.systems import Running, Stage, System
from scripts.caller.conversation import Line
from scripts.caller.many import at_once
from scripts.caller.one_call import Observer, place_call
from scripts.caller.plans import plan
from scripts.caller.report import CallResult, Turn

SETTLE_S = 3.0
"""After the start, before memory at idle is read."""


@dataclass(frozen=True, slots=True)
class Round:
    calls: int
    results: Sequence[CallResult]
    idle_mb: float
    busy_mb: float
    window_s: float
    """How long all calls were there at once; 0 when they never were."""
    cpu_s: float
    native_s: float
    """In that window: processor seconds of all threads of the system, and of those that run no Python."""


async def run_round(system: System, stage: Stage, lines: Sequence[Line], calls: int, seconds: float) -> Round:
    async with system(stage) as running:
        await stage.clock.sleep(SETTLE_S)
        window = _Window(running, stage, calls)

        async def call(index: int) -> CallResult:
            says = plan(lines, seconds, stage.clock, index)
            return await place_call(running.door_for(), says, stage.clock, observer=_Watching(window))

        results = await at_once(call, calls, stage.clock)
        return window.round(results)


@dataclass(slots=True)
class _Window:
    """From the moment when the last call has its agent until the first call ends."""

    running: Running
    stage: Stage
    calls: int
    idle_mb: float = 0.0
    busy_mb: float = 0.0
    _joined: int = 0
    _began: tuple[float, meter.Spent] | None = None
    _cost: tuple[float, float, float] = field(default=(0.0, 0.0, 0.0))

    def __post_init__(self) -> None:
        self.idle_mb = meter.memory_mb(self._pids())

    def joined(self) -> None:
        self._joined += 1
        if self._joined == self.calls:
            self._began = self.stage.clock.monotonic_s(), meter.spent(self._pids())

    def ends(self) -> None:
        if self._began is None:
            return
        (began_s, before), self._began = self._began, None
        cpu_s, native_s = meter.spent(self._pids()).since(before)
        self._cost = self.stage.clock.monotonic_s() - began_s, cpu_s, native_s
        self.busy_mb = meter.memory_mb(self._pids())

    def round(self, results: Sequence[CallResult]) -> Round:
        window_s, cpu_s, native_s = self._cost
        return Round(self.calls, results, self.idle_mb, self.busy_mb, window_s, cpu_s, native_s)

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
