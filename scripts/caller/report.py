"""What came of a call, as data and as JSON. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.call_state import CallState


@dataclass(slots=True)
class Turn:
    said: str
    answer: str = ""
    response_ms: int | None = None
    """End of the caller's speech to the first answering sound, both at the caller; None: no answer came."""
    interrupted: bool = False
    """The caller spoke into this answer."""
    silence_ms: int | None = None
    """Of an interrupted answer: from the caller's first sound until the agent was silent at the caller."""

    def to_json(self) -> dict[str, Any]:
        value: dict[str, Any] = {"said": self.said, "answer": self.answer, "responseMs": self.response_ms}
        if self.interrupted:
            value |= {"interrupted": True, "silenceMs": self.silence_ms}
        return value


@dataclass(slots=True)
class CallResult:
    user_id: str = ""
    call_id: str | None = None
    room_name: str | None = None
    agent_joined_ms: int | None = None
    """From asking for the call until the agent's track was at the caller."""
    turns: list[Turn] = field(default_factory=list)
    record: Mapping[str, Any] = field(default_factory=dict)
    """The call as the API has it."""
    problems: list[str] = field(default_factory=list)
    sounds: int = 0
    """How many sounds of the agent were heard; an answer that breaks off and goes on is one more."""

    @property
    def status(self) -> str | None:
        return self.record.get("status")

    @property
    def end_reason(self) -> str | None:
        return self.record.get("endReason")

    @property
    def failed(self) -> bool:
        return bool(self.problems) or self.status != CallState.COMPLETED

    def response_ms(self) -> list[int]:
        return [turn.response_ms for turn in self.turns if turn.response_ms is not None]

    def to_json(self) -> dict[str, Any]:
        return {
            "callId": self.call_id,
            "roomName": self.room_name,
            "status": self.status,
            "endReason": self.end_reason,
            "duration": self.record.get("duration"),
            "agentJoinedMs": self.agent_joined_ms,
            "turns": [turn.to_json() for turn in self.turns],
            "transcript": transcript_of(self.record),
            "problems": self.problems,
        }


@dataclass(frozen=True, slots=True)
class Summary:
    calls: int
    failed: int
    turns: int
    p50_ms: int | None
    p95_ms: int | None
    agent_joined_p95_ms: int | None

    def to_json(self) -> dict[str, Any]:
        return {
            "calls": self.calls,
            "failedCalls": self.failed,
            "turns": self.turns,
            "responseMs": {"p50": self.p50_ms, "p95": self.p95_ms},
            "agentJoinedMs": {"p95": self.agent_joined_p95_ms},
        }


def summarise(results: Sequence[CallResult]) -> Summary:
    times_ms = [ms for result in results for ms in result.response_ms()]
    joined_ms = [result.agent_joined_ms for result in results if result.agent_joined_ms is not None]
    return Summary(
        calls=len(results),
        failed=sum(result.failed for result in results),
        turns=sum(len(result.turns) for result in results),
        p50_ms=percentile(times_ms, 50),
        p95_ms=percentile(times_ms, 95),
        agent_joined_p95_ms=percentile(joined_ms, 95),
    )


def percentile(values: Sequence[int], percent: float) -> int | None:
    """The smallest value that at least `percent` of all values do not exceed; None of nothing."""
    if not values:
        return None
    rank = max(math.ceil(percent / 100 * len(values)), 1)
    return sorted(values)[rank - 1]


def transcript_of(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """``[{speaker, text, startMs}]`` of the API's record."""
    segments = record.get("transcriptSegments") or []
    return [{key: segment.get(key) for key in ("speaker", "text", "startMs")} for segment in segments]
