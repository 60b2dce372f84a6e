from __future__ import annotations

from typing import Any

import pytest

from scripts.caller.report import CallResult, Turn, percentile, summarise
from scripts.caller.screen import excess, excess_text, record_text, table

RECORD: dict[str, Any] = {
    "status": "completed",
    "endReason": "caller_hung_up",
    "duration": 12,
    "transcriptSegments": [{"speaker": "agent", "text": "Hello.", "startMs": 10, "endMs": 700, "more": 1}],
}


@pytest.mark.parametrize(("percent", "expected"), [(50, 3), (95, 5), (100, 5), (1, 1), (20, 1), (21, 2)])
def test_percentile_is_a_value_that_was_measured(percent: float, expected: int) -> None:
    assert percentile([5, 3, 1, 4, 2], percent) == expected


def test_percentile_of_nothing() -> None:
    assert percentile([], 50) is None


def test_json_has_what_is_promised() -> None:
    result = CallResult("u", "id", "room", 310, [Turn("hi", "hello", 600)], RECORD)
    assert result.to_json() == {
        "callId": "id",
        "roomName": "room",
        "status": "completed",
        "endReason": "caller_hung_up",
        "duration": 12,
        "agentJoinedMs": 310,
        "turns": [{"said": "hi", "answer": "hello", "responseMs": 600}],
        "transcript": [{"speaker": "agent", "text": "Hello.", "startMs": 10}],
        "problems": [],
    }


def test_an_interrupted_turn_says_so() -> None:
    turn = Turn("hi", "hel", 600, interrupted=True, silence_ms=180)
    assert turn.to_json() | {"interrupted": True, "silenceMs": 180} == turn.to_json()


@pytest.mark.parametrize(
    ("result", "failed"),
    [
        (CallResult(record=RECORD), False),
        (CallResult(record=RECORD, problems=["no answer to 'hi'"]), True),
        (CallResult(record={"status": "failed"}), True),
        (CallResult(record={"status": "connected"}), True),
        (CallResult(), True),
    ],
)
def test_a_call_has_failed_unless_it_completed_without_a_problem(result: CallResult, failed: bool) -> None:
    assert result.failed is failed


def test_a_summary_counts_turns_without_an_answer_but_not_their_time() -> None:
    good = CallResult(record=RECORD, agent_joined_ms=300, turns=[Turn("a", "b", 500), Turn("a", "b", 700)])
    bad = CallResult(turns=[Turn("a")], problems=["no answer"])
    summary = summarise([good, bad])
    assert summary.to_json() == {
        "calls": 2,
        "failedCalls": 1,
        "turns": 3,
        "responseMs": {"p50": 500, "p95": 700},
        "agentJoinedMs": {"p95": 300},
    }


def test_the_excess_is_the_difference_of_both() -> None:
    calls = summarise([CallResult(record=RECORD, turns=[Turn("a", "b", 640)])])
    floor = summarise([CallResult(record=RECORD, turns=[Turn("a", "b", 610)])])
    assert excess(calls, floor) == {"p50": 30, "p95": 30}
    assert excess_text(calls, floor) == "excess over the floor: p50 30 ms, p95 30 ms"
    assert excess(calls, summarise([])) == {"p50": None, "p95": None}


def test_the_record_as_text() -> None:
    turns = [Turn("hi", "hello", 600, interrupted=True, silence_ms=150)]
    text = record_text(CallResult("u", "id", "room", 310, turns, RECORD, ["something odd"]))
    for part in ("completed", "caller_hung_up", "12 s", "agent: Hello.", "p50 600 ms", "silent after 150 ms"):
        assert part in text
    assert text.endswith("Problem: something odd")


def test_a_table_has_a_line_per_call_and_per_problem() -> None:
    text = table([CallResult("caller-1", record=RECORD), CallResult("caller-2", problems=["no agent came"])])
    assert len(text.splitlines()) == 4
    assert "no agent came" in text
