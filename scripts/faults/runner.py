"""Runs scenarios one after the other, each as often as wanted, and looks at the invariants after every run."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from scripts.caller.problem import CallerProblem
from scripts.faults.broken import Broken
from scripts.faults.invariants import Invariants
from scripts.faults.lab import Lab
from scripts.faults.row import Findings, Row
from scripts.faults.scenario import Scenario
from scripts.faults.stack import Stack
from shared.clock import Clock

LEAVE_WITHIN_S = 20.0


@dataclass
class Runner:
    stack: Stack
    clock: Clock
    say: Callable[[str], None]
    rows: list[Row] = field(default_factory=list)
    invariants: Invariants = field(default_factory=Invariants)
    violations: list[str] = field(default_factory=list)

    def findings(self) -> Findings:
        return Findings(self.rows, self.invariants.holds, self.violations)

    async def run_all(self, scenarios: Iterable[Scenario], *, long: bool = False, runs: int | None = None) -> None:
        """Those with the same settings of the API together, so that it is seldom started anew."""
        for scenario in sorted(scenarios, key=lambda one: sorted(one.api_settings.items())):
            await self.run(scenario, runs or (scenario.long_runs if long else scenario.runs))
        self.rows.sort(key=lambda row: row.scenario.row)

    async def run(self, scenario: Scenario, runs: int) -> Row:
        row = Row(scenario)
        self.rows.append(row)
        for _ in range(runs):
            began_s = self.clock.monotonic_s()
            wrong = await self.run_once(row)
            took_s = self.clock.monotonic_s() - began_s
            verdict = "kept" if not wrong else "NOT KEPT: " + "; ".join(wrong)
            self.say(f"row {scenario.row}, {scenario.fault}: {row.measured_ms[-1:]} ms, {took_s:.0f} s, {verdict}")
        return row

    async def run_once(self, row: Row) -> list[str]:
        """What went wrong, in the scenario and with the invariants."""
        scenario, lab = row.scenario, Lab(self.stack, self.clock)
        row.runs += 1
        problems: list[str] = []
        try:
            await self.stack.restore(scenario.api_settings)
            await lab.begin()
            async with asyncio.timeout(scenario.within_s):
                row.measured_ms += _as_list(await scenario.provoke(lab))
        except (Broken, CallerProblem) as problem:
            problems.append(str(problem))
        except TimeoutError:
            problems.append(f"not over after {scenario.within_s:g} s")
        except Exception as error:  # a fault may surprise the scenario itself; the others are still worth a run
            traceback.print_exc()
            problems.append(f"{type(error).__name__}: {error}")
        finally:
            problems += await self._leave(lab)
        row.problems += problems
        violations = [f"row {scenario.row}, {scenario.fault}: {wrong}" for wrong in await self._check(lab)]
        self.violations += violations
        return problems + violations

    async def _leave(self, lab: Lab) -> list[str]:
        try:
            async with asyncio.timeout(LEAVE_WITHIN_S):
                await lab.hang_up_all()
        except TimeoutError:
            return [f"the callers cannot leave within {LEAVE_WITHIN_S:g} s"]
        return []

    async def _check(self, lab: Lab) -> list[str]:
        try:
            await self.stack.restore(self.stack.api.extra)
            return await self.invariants.check(lab)
        except Broken as broken:
            return [f"the system did not come back: {broken}"]


def _as_list(measured: int | Sequence[int] | None) -> list[int]:
    if measured is None:
        return []
    return [measured] if isinstance(measured, int) else list(measured)
