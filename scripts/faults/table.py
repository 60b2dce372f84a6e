"""The findings as a Markdown table. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from scripts.faults.row import Findings, Row

HEAD = ("#", "fault", "promised", "p50", "p95", "worst", "runs", "kept")


def table(rows: Sequence[Row]) -> str:
    lines = [HEAD, tuple("---" for _ in HEAD), *(_cells(row) for row in rows)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def invariants(findings: Findings) -> str:
    return "Invariants: " + ", ".join(
        f"{name} {'holds' if holds else 'BROKEN'}" for name, holds in findings.invariants.items()
    )


def problems(findings: Findings) -> str:
    """What was not kept, one line each; empty when all was."""
    lines = [
        f"row {row.scenario.row}, {row.scenario.fault}: {problem}"
        for row in findings.rows
        for problem in (*row.problems, *row.too_slow())
    ]
    return "\n".join([*lines, *findings.violations])


def _cells(row: Row) -> tuple[str, ...]:
    times = (row.percentile_ms(50), row.percentile_ms(95), row.worst_ms)
    return (
        str(row.scenario.row),
        row.scenario.fault,
        row.scenario.promised,
        *(_seconds(ms) for ms in times),
        str(row.runs),
        "yes" if row.ok else "NO",
    )


def _seconds(ms: int | None) -> str:
    if ms is None:
        return "-"
    return f"{ms} ms" if ms < 1000 else f"{ms / 1000:.2f} s"
