"""Figures of a scenario, and the documents that are made of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.faults import document
from scripts.faults.families import ALL
from scripts.faults.lab import Lab
from scripts.faults.row import Findings, Row
from scripts.faults.scenario import Family
from scripts.faults.table import problems, table


async def unplug(_: Lab) -> int:
    return 0


def a_row(*measured_ms: int, worst_ms: int | None = None, p95_ms: int | None = None) -> Row:
    family = Family()
    family.scenario(3, "the plug is out", "back in 1 s", worst_ms=worst_ms, p95_ms=p95_ms)(unplug)
    return Row(family.scenarios[0], list(measured_ms), runs=len(measured_ms))


def test_a_row_has_the_shape_that_others_read() -> None:
    assert a_row(*range(1, 101)).to_json() == {
        "row": 3,
        "fault": "the plug is out",
        "promised": "back in 1 s",
        "p50Ms": 50,
        "p95Ms": 95,
        "worstMs": 100,
        "runs": 100,
        "ok": True,
    }


def test_a_promise_is_broken_by_one_bad_run_or_by_figures_beyond_it() -> None:
    assert a_row(900, 1100, p95_ms=1000).too_slow() == ["p95 is 1100 ms, promised are 1000 ms"]
    assert not a_row(900, 1100, worst_ms=1000).ok
    bad = a_row(900)
    bad.problems.append("nobody came")
    assert not bad.ok


def test_a_scenario_that_was_not_run_is_not_kept() -> None:
    assert not a_row().ok


def test_all_findings_are_kept_only_with_all_invariants() -> None:
    assert Findings([a_row(1)], {"I1": True}).ok
    findings = Findings([a_row(1)], {"I1": False}, ["row 3: I1: a call has no end"])
    assert not findings.ok
    assert problems(findings) == "row 3: I1: a call has no end"


def test_the_table_shows_times_as_people_read_them() -> None:
    assert table([a_row(90, 1234)]).splitlines()[-1] == (
        "| 3 | the plug is out | back in 1 s | 90 ms | 1.23 s | 1.23 s | 2 | yes |"
    )


def test_a_section_of_the_document_is_written_anew_and_the_rest_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "reliability.md"
    path.write_text(f"# Mine\n\n## One\n\nformer\n{document.ENDS}\n\n## Two\n\nother\n{document.ENDS}\n\nMine, too\n")
    for _ in range(2):
        document.write(Findings([a_row(5)], {"I1": True}), section="One", form="short form", path=path)
    written = path.read_text()
    assert written.startswith("# Mine\n\n## One\n\n")
    assert written.count("the plug is out") == 1
    assert "former" not in written
    assert written.endswith(f"{document.ENDS}\n\n## Two\n\nother\n{document.ENDS}\n\nMine, too\n")


def test_a_document_without_the_section_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "reliability.md"
    path.write_text("# Mine\n\n## One\n\nno end\n")
    for section in ("One", "Two"):
        with pytest.raises(ValueError, match=section):
            document.write(Findings([], {}), section=section, form="short form", path=path)
    assert path.read_text() == "# Mine\n\n## One\n\nno end\n"


def test_every_scenario_says_what_it_is() -> None:
    assert len({(one.row, one.fault) for one in ALL}) == len(ALL)
    assert len({one.name for one in ALL}) == len(ALL)
    assert all(1 <= one.row <= 66 and one.promised and one.runs >= 1 for one in ALL)
