"""What a scenario is: a row of the fault table, how it is provoked, and what is measured. Pure."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scripts.faults.lab import Lab

Provoke = Callable[["Lab"], Awaitable["int | Sequence[int] | None"]]
"""One run: milliseconds that it measured (one, several, or nothing to measure). Raises `Broken` when the promise is
not kept."""


@dataclass(frozen=True, slots=True)
class Scenario:
    row: int
    """The number of its row in the table of faults."""
    fault: str
    promised: str
    provoke: Provoke
    worst_ms: int | None = None
    """No run may take longer."""
    p95_ms: int | None = None
    """95 of 100 runs may not take longer."""
    runs: int = 1
    """In the short form."""
    long_runs: int = 10
    within_s: float = 90.0
    """One run, from an open stack to its last look; the invariants are looked at afterwards."""
    api_settings: Mapping[str, str] = field(default_factory=dict)
    only_long: bool = False

    @property
    def name(self) -> str:
        return self.provoke.__name__


class Family:
    """The scenarios of one file, in its order."""

    def __init__(self) -> None:
        self.scenarios: list[Scenario] = []

    def scenario(
        self,
        row: int,
        fault: str,
        promised: str,
        *,
        worst_ms: int | None = None,
        p95_ms: int | None = None,
        runs: int = 1,
        long_runs: int = 10,
        within_s: float = 90.0,
        api_settings: Mapping[str, str] | None = None,
        only_long: bool = False,
    ) -> Callable[[Provoke], Provoke]:
        def add(provoke: Provoke) -> Provoke:
            self.scenarios.append(
                Scenario(
                    row,
                    fault,
                    promised,
                    provoke,
                    worst_ms=worst_ms,
                    p95_ms=p95_ms,
                    runs=runs,
                    long_runs=long_runs,
                    within_s=within_s,
                    api_settings=api_settings or {},
                    only_long=only_long,
                )
            )
            return provoke

        return add
