"""What was measured, beside its goal: a table for people, JSON for programs. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    what: str
    value: float
    unit: str
    limit: float | None
    """Below this the goal is met; None: there is none."""
    remark: str = ""

    @property
    def met(self) -> bool | None:
        return None if self.limit is None else self.value < self.limit

    @property
    def share(self) -> float | None:
        """Of what it may be."""
        return None if not self.limit else self.value / self.limit

    def to_json(self) -> dict[str, Any]:
        return {
            "what": self.what,
            "value": round(self.value, 4),
            "unit": self.unit,
            "limit": self.limit,
            "share": None if self.share is None else round(self.share, 3),
            "met": self.met,
            "remark": self.remark,
        }


def as_table(rows: Sequence[Row]) -> str:
    """Markdown that can stand in a document."""
    lines = ["| what | measured | goal | of the goal | met |", "|---|---|---|---|---|"]
    return "\n".join(lines + [_line(row) for row in rows])


def _line(row: Row) -> str:
    remark = f" ({row.remark})" if row.remark else ""
    goal = "-" if row.limit is None else f"< {row.limit:g} {row.unit}"
    share = "-" if row.share is None else f"{row.share:.2f}"
    met = {None: "-", True: "yes", False: "no"}[row.met]
    return f"| {row.what} | {row.value:.3g} {row.unit}{remark} | {goal} | {share} | {met} |"
