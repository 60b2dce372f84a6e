"""The rounds of each system as one row, the ratios between rows, and the goals. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from scripts.bench.rounds import Round
from scripts.caller.report import CallResult, percentile

HELD_ABOVE_FLOOR_MS = 250
"""Calls are held when every turn is answered and p95 is not more than this above the floor's."""


@dataclass(frozen=True, slots=True)
class Row:
    system: str
    calls: int
    cores_per_call: float
    native_cores_per_call: float
    idle_mb: float
    mb_per_call: float
    join_p50_ms: int | None
    join_p95_ms: int | None
    response_p50_ms: int | None
    response_p95_ms: int | None
    response_p99_ms: int | None
    turns_spoken: int
    turns_answered: int
    audio_gaps: int

    def to_json(self) -> dict[str, Any]:
        return {
            "system": self.system,
            "calls": self.calls,
            "coresPerCall": round(self.cores_per_call, 4),
            "nativeCoresPerCall": round(self.native_cores_per_call, 4),
            "idleMb": round(self.idle_mb, 1),
            "mbPerCall": round(self.mb_per_call, 2),
            "joinP50Ms": self.join_p50_ms,
            "joinP95Ms": self.join_p95_ms,
            "responseP50Ms": self.response_p50_ms,
            "responseP95Ms": self.response_p95_ms,
            "responseP99Ms": self.response_p99_ms,
            "turnsSpoken": self.turns_spoken,
            "turnsAnswered": self.turns_answered,
            "audioGaps": self.audio_gaps,
        }


@dataclass(frozen=True, slots=True)
class Whole:
    """How many sounds the greeting and an answer are when nothing is missing in them."""

    greeting: int
    answer: int

    def gaps(self, result: CallResult) -> int:
        """Silences that the caller heard and nobody meant. Those under 60 ms are not noticed."""
        answers = sum(turn.response_ms is not None for turn in result.turns)
        return max(result.sounds - self.greeting - self.answer * answers, 0)


def row(system: str, rounds: Sequence[Round], whole: Whole) -> Row:
    """Of rounds with the same number of calls. Times are of all turns of all rounds, costs the median of the rounds."""
    results = [result for one in rounds for result in one.results]
    turns = [turn for result in results for turn in result.turns]
    responses = [turn.response_ms for turn in turns if turn.response_ms is not None]
    joins = [result.agent_joined_ms for result in results if result.agent_joined_ms is not None]
    calls = rounds[0].calls
    return Row(
        system=system,
        calls=calls,
        cores_per_call=_median([one.cpu_s / one.window_s / calls for one in rounds if one.window_s]),
        native_cores_per_call=_median([one.native_s / one.window_s / calls for one in rounds if one.window_s]),
        idle_mb=_median([one.idle_mb for one in rounds]),
        mb_per_call=_median([one.mb_per_call for one in rounds if one.busy_mb]),
        join_p50_ms=percentile(joins, 50),
        join_p95_ms=percentile(joins, 95),
        response_p50_ms=percentile(responses, 50),
        response_p95_ms=percentile(responses, 95),
        response_p99_ms=percentile(responses, 99),
        turns_spoken=len(turns),
        turns_answered=len(responses),
        audio_gaps=sum(whole.gaps(result) for result in results),
    )


@dataclass(frozen=True, slots=True)
class Goal:
    what: str
    goal: str
    measured: str
    met: bool


def goals(rows: Mapping[str, Row]) -> list[Goal]:
    """What can be judged of one number of calls, by the systems that were measured."""
    ours, floor, agents = rows.get("ours"), rows.get("floor"), rows.get("livekit-agents-process")
    # Of calls that were never there all at once nothing is known.
    others = [rows[name] for name in ("openrtc", "pipecat") if name in rows and rows[name].cores_per_call]
    found: list[Goal] = []
    if ours is None:
        return found
    if agents is not None:
        found.append(_ratio("cores per call, of livekit-agents' default", ours, agents, 0.40))
    if others:
        best = min(others, key=lambda one: one.cores_per_call)
        found.append(_ratio(f"cores per call, of the best of OpenRTC and Pipecat ({best.system})", ours, best, 0.45))
    native = ours.cores_per_call / ours.native_cores_per_call if ours.native_cores_per_call else float("inf")
    found.append(Goal("cores per call, of its native threads", "<= 1.35", f"{native:.2f}", native <= 1.35))
    found.append(Goal("memory per further call", "<= 2.5 MB", f"{ours.mb_per_call:.1f} MB", ours.mb_per_call <= 2.5))
    found.append(Goal("idle worker process", "< 150 MB", f"{ours.idle_mb:.0f} MB", ours.idle_mb < 150))
    if floor is not None:
        found.append(_excess("response p50 over the floor", ours.response_p50_ms, floor.response_p50_ms, 10))
        found.append(_excess("response p95 over the floor", ours.response_p95_ms, floor.response_p95_ms, 40))
    found.append(_below("join p50", ours.join_p50_ms, 500))
    found.append(_below("join p95", ours.join_p95_ms, 900))
    return found


def held(rows: Mapping[str, Row], system: str) -> bool | None:
    """Whether the system held its calls; None without the floor."""
    one, floor = rows[system], rows.get("floor")
    if floor is None or floor.response_p95_ms is None:
        return None
    in_time = one.response_p95_ms is not None and one.response_p95_ms <= floor.response_p95_ms + HELD_ABOVE_FLOOR_MS
    return in_time and one.turns_answered == one.turns_spoken > 0


def _ratio(what: str, ours: Row, other: Row, limit: float) -> Goal:
    ratio = ours.cores_per_call / other.cores_per_call if other.cores_per_call else float("inf")
    return Goal(what, f"<= {limit:.2f}", f"{ratio:.2f}", ratio <= limit)


def _excess(what: str, ours_ms: int | None, floor_ms: int | None, limit_ms: int) -> Goal:
    if ours_ms is None or floor_ms is None:
        return Goal(what, f"<= {limit_ms} ms", "no answers", False)
    return Goal(what, f"<= {limit_ms} ms", f"{ours_ms - floor_ms} ms", ours_ms - floor_ms <= limit_ms)


def _below(what: str, ms: int | None, limit_ms: int) -> Goal:
    return Goal(what, f"< {limit_ms} ms", f"{ms} ms", ms is not None and ms < limit_ms)


def _median(values: Sequence[float]) -> float:
    return median(values) if values else 0.0
