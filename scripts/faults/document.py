"""docs/reliability.md: what was promised and what was measured, from a run of this suite."""

from __future__ import annotations

from pathlib import Path

from scripts.faults.row import Findings
from scripts.faults.table import invariants, problems, table
from scripts.machine import machine

PATH = Path(__file__).resolve().parents[2] / "docs" / "reliability.md"
ENDS = "<!-- The end of what `make faults` writes. -->"


def write(findings: Findings, *, section: str, form: str, path: Path = PATH) -> None:
    """Replaces what stands below this heading, up to the mark; the rest of the page is kept."""
    before, heading, after = path.read_text().partition(f"## {section}\n\n")
    if not heading or ENDS not in after:
        raise ValueError(f"{path} has no section {section!r} with its end marked")
    _, ends, rest = after.partition(ENDS)
    path.write_text(before + heading + text(findings, form=form) + "\n" + ends + rest)


def text(findings: Findings, *, form: str) -> str:
    parts = [f"{machine()}; {form}.", table(findings.rows), invariants(findings) + "."]
    if not findings.ok:
        parts += ["What was not kept:", "\n".join(f"- {line}" for line in problems(findings).splitlines())]
    return "\n\n".join(parts) + "\n"
