"""The rows for people, as a Markdown table that can stand in a document. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scripts.bench.rows import Goal, Row, held

_HEADS = (
    "system",
    "cores per call",
    "native",
    "idle MB",
    "MB per call",
    "join p50 / p95 ms",
    "response p50 / p95 / p99 ms",
    "over the floor p50 / p95",
    "answered",
    "gaps",
    "held",
)


def as_table(rows: Mapping[str, Row]) -> str:
    """Of one number of calls; figures in brackets are times ours."""
    lines = [_line(_HEADS), _line(["---"] * len(_HEADS))]
    lines += [_line(_cells(rows, one)) for one in rows.values()]
    return "\n".join(lines)


def as_goals(goals: Sequence[Goal]) -> str:
    lines = [_line(("goal", "wanted", "measured", "met")), _line(["---"] * 4)]
    lines += [_line((goal.what, goal.goal, goal.measured, "yes" if goal.met else "no")) for goal in goals]
    if not all(goal.met for goal in goals):
        lines += ["", "Why a goal may be missed, and where the time and the memory of a call go: docs/performance.md."]
    return "\n".join(lines)


def _cells(rows: Mapping[str, Row], one: Row) -> list[str]:
    ours, floor = rows.get("ours"), rows.get("floor")
    is_held = held(rows, one.system)
    return [
        one.system,
        f"{one.cores_per_call:.3f}{_times(one.cores_per_call, ours.cores_per_call if ours else 0.0)}",
        f"{one.native_cores_per_call:.3f}",
        f"{one.idle_mb:.0f}",
        f"{one.mb_per_call:.1f}",
        f"{_ms(one.join_p50_ms)} / {_ms(one.join_p95_ms)}",
        f"{_ms(one.response_p50_ms)} / {_ms(one.response_p95_ms)} / {_ms(one.response_p99_ms)}",
        f"{_over(one.response_p50_ms, floor.response_p50_ms if floor else None)} / "
        f"{_over(one.response_p95_ms, floor.response_p95_ms if floor else None)}",
        f"{one.turns_answered} of {one.turns_spoken}",
        str(one.audio_gaps),
        "-" if is_held is None else "yes" if is_held else "no",
    ]


def _times(value: float, base: float) -> str:
    return f" ({value / base:.2f})" if base else ""


def _ms(value: int | None) -> str:
    return "-" if value is None else str(value)


def _over(value: int | None, base: int | None) -> str:
    return "-" if value is None or base is None else f"{value - base:+d}"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
