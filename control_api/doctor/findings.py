"""What the doctor has to say: one finding per thing that was looked at."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    OK = "ok"
    PROBLEM = "problem"
    SKIPPED = "skipped"
    """Not set up, or cannot be looked at from here."""


@dataclass(frozen=True, slots=True)
class Finding:
    """No text of it holds a value of a secret setting."""

    name: str
    status: Status
    message: str
    """What was seen."""
    advice: str | None = None
    """What to do, in one sentence."""


def ok(name: str, message: str, advice: str | None = None) -> Finding:
    return Finding(name, Status.OK, message, advice)


def problem(name: str, message: str, advice: str) -> Finding:
    return Finding(name, Status.PROBLEM, message, advice)


def skipped(name: str, message: str, advice: str | None = None) -> Finding:
    return Finding(name, Status.SKIPPED, message, advice)


def is_well(findings: Sequence[Finding]) -> bool:
    return all(finding.status is not Status.PROBLEM for finding in findings)


_MARKS = {Status.OK: "ok     ", Status.PROBLEM: "PROBLEM", Status.SKIPPED: "skipped"}


def as_text(findings: Sequence[Finding]) -> str:
    lines = []
    for finding in findings:
        lines.append(f"{_MARKS[finding.status]}  {finding.name:<9}  {finding.message}")
        if finding.advice is not None:
            lines.append(f"{'':20}-> {finding.advice}")
    return "\n".join(lines)


def as_json(findings: Sequence[Finding]) -> str:
    checks = [
        {"name": one.name, "status": one.status.value, "message": one.message, "advice": one.advice} for one in findings
    ]
    return json.dumps({"ok": is_well(findings), "checks": checks}, indent=2)
