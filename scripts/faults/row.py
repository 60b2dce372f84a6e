"""What came of a scenario: a row of the table and of the JSON document. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scripts.caller.report import percentile
from scripts.faults.scenario import Scenario


@dataclass
class Row:
    scenario: Scenario
    measured_ms: list[int] = field(default_factory=list)
    runs: int = 0
    problems: list[str] = field(default_factory=list)
    """Of runs in which the promise was not kept, one sentence each."""

    def percentile_ms(self, percent: float) -> int | None:
        return percentile(self.measured_ms, percent)

    @property
    def worst_ms(self) -> int | None:
        return max(self.measured_ms, default=None)

    @property
    def ok(self) -> bool:
        return self.runs > 0 and not self.problems and not self.too_slow()

    def too_slow(self) -> list[str]:
        limits = {
            "worst": (self.worst_ms, self.scenario.worst_ms),
            "p95": (self.percentile_ms(95), self.scenario.p95_ms),
        }
        return [
            f"{name} is {measured} ms, promised are {limit} ms"
            for name, (measured, limit) in limits.items()
            if limit is not None and (measured or 0) > limit
        ]

    def to_json(self) -> dict[str, Any]:
        return {
            "row": self.scenario.row,
            "fault": self.scenario.fault,
            "promised": self.scenario.promised,
            "p50Ms": self.percentile_ms(50),
            "p95Ms": self.percentile_ms(95),
            "worstMs": self.worst_ms,
            "runs": self.runs,
            "ok": self.ok,
        }


@dataclass(frozen=True, slots=True)
class Findings:
    rows: Sequence[Row]
    invariants: Mapping[str, bool]
    violations: Sequence[str] = ()
    """Of invariants, each with the run in which it was seen."""

    @property
    def ok(self) -> bool:
        return all(row.ok for row in self.rows) and all(self.invariants.values())

    def to_json(self) -> dict[str, Any]:
        return {"rows": [row.to_json() for row in self.rows], "invariants": dict(self.invariants)}
