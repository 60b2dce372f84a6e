"""From rounds to rows, goals, the table and the picture."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from scripts.bench.chart import as_svg
from scripts.bench.rounds import Round
from scripts.bench.rows import Row, Whole, goals, held, row
from scripts.bench.table import as_goals, as_table
from scripts.caller.report import CallResult, Turn

WHOLE = Whole(greeting=2, answer=2)


def _result(*responses_ms: int | None, joined_ms: int = 400, sounds: int = 0) -> CallResult:
    turns = [Turn("Hello", response_ms=ms) for ms in responses_ms]
    return CallResult(agent_joined_ms=joined_ms, turns=turns, sounds=sounds)


def _round(*results: CallResult, cpu_s: float = 4.0, native_s: float = 2.0) -> Round:
    return Round(len(results), results, 120.0, 130.0, 140.0, 20.0, cpu_s, native_s)


OURS = row("ours", [_round(_result(640, 660), _result(650, 700))], WHOLE)
FLOOR = replace(OURS, system="floor", response_p50_ms=640, response_p95_ms=650)


def test_a_row_is_of_all_turns_and_of_the_middle_round() -> None:
    rounds = [_round(_result(600), _result(610), cpu_s=cpu_s) for cpu_s in (4.0, 40.0, 8.0)]
    one = row("ours", rounds, WHOLE)
    assert one.cores_per_call == pytest.approx(8.0 / 20 / 2)
    assert one.native_cores_per_call == pytest.approx(2.0 / 20 / 2)
    assert one.mb_per_call == pytest.approx(10.0)
    assert (one.turns_spoken, one.turns_answered) == (6, 6)
    assert (one.response_p50_ms, one.join_p50_ms) == (600, 400)


def test_what_the_first_call_loads_is_not_memory_of_each() -> None:
    first = row("ours", [_round(_result(600))], WHOLE)
    assert (first.idle_mb, first.mb_per_call) == (120.0, 10.0)
    third = row("ours", [_round(_result(600), _result(600), _result(600))], WHOLE)
    assert third.mb_per_call == pytest.approx(5.0)


def test_a_turn_without_an_answer_counts_as_spoken() -> None:
    one = row("ours", [_round(_result(600, None))], WHOLE)
    assert (one.turns_spoken, one.turns_answered) == (2, 1)


@pytest.mark.parametrize(("sounds", "gaps"), [(4, 0), (5, 1), (7, 3), (2, 0)])
def test_an_answer_that_breaks_off_and_goes_on_is_a_gap(sounds: int, gaps: int) -> None:
    assert WHOLE.gaps(_result(600, None, sounds=sounds)) == gaps


def test_calls_that_were_never_there_at_once_have_no_cost() -> None:
    never = replace(_round(_result(None)), window_s=0.0, busy_mb=0.0)
    assert row("ours", [never], WHOLE).cores_per_call == 0.0


def test_held_is_answered_and_in_time() -> None:
    rows = {"ours": OURS, "floor": FLOOR}
    assert held(rows, "ours") is True
    assert held({**rows, "ours": replace(OURS, response_p95_ms=901)}, "ours") is False
    assert held({**rows, "ours": replace(OURS, turns_answered=3)}, "ours") is False
    assert held({"ours": OURS}, "ours") is None


def _met(rows: dict[str, Row]) -> dict[str, bool]:
    return {goal.what.split(",")[0].split(" (")[0]: goal.met for goal in goals(rows)}


def test_goals_are_judged_by_the_systems_that_were_measured() -> None:
    assert goals({"floor": FLOOR}) == []
    alone = _met({"ours": OURS})
    assert "response p50 over the floor" not in alone
    assert alone["idle worker process"] is True
    assert _met({"ours": OURS, "floor": FLOOR})["response p95 over the floor"] is False
    agents = replace(OURS, system="livekit-agents-process", cores_per_call=OURS.cores_per_call / 0.39)
    assert goals({"ours": OURS, "livekit-agents-process": agents})[0].met is True
    broken, pipecat = replace(OURS, system="openrtc", cores_per_call=0.0), replace(OURS, system="pipecat")
    assert "(pipecat)" in goals({"ours": OURS, "openrtc": broken, "pipecat": pipecat})[0].what


def test_the_document_has_the_names_that_others_read() -> None:
    assert list(OURS.to_json()) == [
        "system",
        "calls",
        "coresPerCall",
        "nativeCoresPerCall",
        "idleMb",
        "mbPerCall",
        "joinP50Ms",
        "joinP95Ms",
        "responseP50Ms",
        "responseP95Ms",
        "responseP99Ms",
        "turnsSpoken",
        "turnsAnswered",
        "audioGaps",
    ]


def test_the_table_has_a_line_for_each_system_and_none_is_ragged() -> None:
    silent = replace(OURS, system="pipecat", response_p50_ms=None, response_p95_ms=None)
    lines = as_table({"ours": OURS, "pipecat": silent, "floor": FLOOR}).splitlines()
    assert len(lines) == 5
    assert len({line.count("|") for line in lines}) == 1
    assert "(1.00)" in lines[2]


def test_a_goal_that_is_missed_says_where_the_reason_stands() -> None:
    found = goals({"ours": OURS})
    met = [replace(goal, met=True) for goal in found]
    assert as_goals(met).splitlines()[-1].endswith("| yes |")
    assert as_goals([*met, replace(met[0], met=False)]).splitlines()[-1].endswith("docs/performance.md.")
    assert (Path(__file__).parents[4] / "docs/performance.md").is_file()


def test_the_picture_is_one_and_shows_every_system() -> None:
    root = ElementTree.fromstring(as_svg([OURS, FLOOR], "8 calls & <more>"))  # noqa: S314 - our own
    texts = [text.text for text in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts.count("ours") == texts.count("floor") == 2
    assert "8 calls & <more>" in texts
