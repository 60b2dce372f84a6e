"""docs/reliability.md: what was promised and what was measured, from a run of this suite."""

from __future__ import annotations

from pathlib import Path

from scripts.faults.row import Findings
from scripts.faults.table import invariants, problems, table
from scripts.machine import machine

PATH = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
_BEGIN = "<!-- The rest of this file is written by `make faults`. -->"


def write(findings: Findings, *, form: str, path: Path = PATH) -> None:
    """What stands above the mark is kept."""
    kept = path.read_text().partition(_BEGIN)[0]
    path.write_text(kept + _BEGIN + "\n\n" + text(findings, form=form))


def text(findings: Findings, *, form: str) -> str:
    parts = [f"{machine()}; {form}.", table(findings.rows), invariants(findings) + "."]
    if not findings.ok:
        parts += ["What was not kept:", "\n".join(f"- {line}" for line in problems(findings).splitlines())]
    return "\n\n".join(parts) + "\n"
