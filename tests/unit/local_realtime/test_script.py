"""Scripts: what is accepted, what is refused and in which words; and which faults apply when."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scripts.local_realtime.control import parse_fault
from scripts.local_realtime.faults import Caller, FaultBook, SessionFaults
from scripts.local_realtime.script import FAULT_KINDS, ScriptError, load_script, parse_script

EVERY_KIND: list[dict[str, Any]] = [
    {"kind": "close", "at_turn": 1},
    {"kind": "stop_reading", "at_second": 1.5, "for_s": 2},
    {"kind": "stop_sending", "at_connect": True},
    {"kind": "error", "at_turn": 0, "code": "insufficient_quota"},
    {"kind": "down", "at_turn": 1, "for_s": 5},
    {"kind": "expire", "at_second": 60},
    {"kind": "refuse", "at_connect": True, "status": 429},
    {"kind": "refuse_update", "at_connect": True, "code": "invalid_value", "param": None},
    {"kind": "refuse_transcription", "at_connect": True, "code": "model_not_found"},
    {"kind": "delay", "every_turn": True, "ms": 500},
    {"kind": "no_response", "at_turn": 2},
    {"kind": "fail_response", "at_turn": 2, "code": "rate_limit_exceeded"},
    {"kind": "break_off", "at_turn": 2, "after_ms": 800},
    {"kind": "call_tool", "at_turn": 2, "name": "look"},
]


def faults_of(*faults: dict[str, Any], caller: Caller | None = None) -> SessionFaults:
    book = FaultBook(parse_script({"faults": list(faults)}).faults)
    return SessionFaults(book, caller or Caller(1, "gpt-realtime"))


def test_every_kind_of_fault_is_accepted() -> None:
    assert {fault["kind"] for fault in EVERY_KIND} == FAULT_KINDS
    assert len(parse_script({"faults": EVERY_KIND}).faults) == len(FAULT_KINDS)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"turs": []}, "turs is not a known setting."),
        ({"turns": []}, "the script: turns needs at least one turn."),
        ({"turns": [{"hears": 1}]}, "turns.0.hears: Input should be a valid string."),
        ({"turns": [{"tone": {"hz": 1, "ms": 1}, "clip": "a.wav"}]}, "turns.0: a line has a tone or a clip, not both."),
        ([1], "the script: a mapping of settings is expected."),
        ({"faults": [{"kind": "close"}]}, "faults.0: needs exactly one of at_connect, at_second, at_turn."),
        (
            {"faults": [{"kind": "close", "at_turn": 1, "at_connect": True}]},
            "faults.0: needs exactly one of at_connect, at_second, at_turn.",
        ),
        ({"faults": [{"kind": "refuse", "at_turn": 1, "status": 401}]}, "faults.0: needs exactly one of at_connect."),
        ({"faults": [{"kind": "delay", "at_turn": 1}]}, "faults.0.ms: Field required."),
        ({"faults": [{"kind": "delay", "at_turn": 1, "ms": 5, "x": 1}]}, "faults.0.x is not a known setting."),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(data: object, message: str) -> None:
    with pytest.raises(ScriptError) as refused:
        parse_script(data)
    assert str(refused.value) == message


def test_an_unknown_kind_is_told_the_known_ones() -> None:
    with pytest.raises(ScriptError, match="there is no kind explode"):
        parse_script({"faults": [{"kind": "explode"}]})


def test_files_that_are_no_scripts(tmp_path: Path) -> None:
    with pytest.raises(ScriptError, match=r"none\.yaml cannot be read"):
        load_script(tmp_path / "none.yaml")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("turns:\n  - {hears: [}\n")
    with pytest.raises(ScriptError, match=r"wrong\.yaml is not YAML in line 2"):
        load_script(wrong)


def test_clips_are_looked_up_beside_the_script(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("turns: [{hears: x, clip: a.wav}]\n")
    turns = load_script(tmp_path / "s.yaml").turns
    assert turns is not None
    assert turns[0].clip == tmp_path / "a.wav"


def test_a_fault_to_happen_now_needs_no_trigger() -> None:
    assert {
        parse_fault({k: v for k, v in f.items() if not k.startswith(("at_", "every_"))}).kind for f in EVERY_KIND
    } == (FAULT_KINDS)
    with pytest.raises(ScriptError, match=r"faults\.0\.ms"):
        parse_fault({"kind": "delay"})


def test_a_turn_s_plan_has_the_faults_of_that_turn() -> None:
    faults = faults_of(*EVERY_KIND)
    assert [fault.kind for fault in faults.plan(1).now] == ["close", "down"]
    assert faults.plan(1).delay_ms == 500
    second = faults.plan(2)
    assert second.no_response
    assert second.failure is not None
    assert second.break_off is not None
    assert second.tool is not None
    assert [fault.kind for fault in faults.plan(0).now] == ["error"]


def test_times_limits_a_fault_in_the_whole_server() -> None:
    script = parse_script({"faults": [{"kind": "no_response", "at_turn": 1, "times": 1}]})
    book = FaultBook(script.faults)
    plans = [SessionFaults(book, Caller(n, "m")).plan(1).no_response for n in (1, 2)]
    assert plans == [True, False]


def test_asking_for_a_plan_twice_counts_once() -> None:
    faults = faults_of({"kind": "no_response", "at_turn": 1, "times": 1})
    assert faults.plan(1).no_response
    assert faults.plan(1).no_response


@pytest.mark.parametrize(
    ("match", "applies"),
    [
        ({}, True),
        ({"connection": 2}, True),
        ({"connection": 1}, False),
        ({"model": "gpt-realtime"}, True),
        ({"model": "gpt-other"}, False),
        ({"query": {"a": "1"}}, True),
        ({"query": {"a": "1", "b": "2"}}, False),
        ({"instructions": "brief"}, True),
        ({"instructions": "long"}, False),
        ({"connection": 2, "model": "gpt-other"}, False),
    ],
)
def test_matching(match: dict[str, Any], applies: bool) -> None:
    caller = Caller(2, "gpt-realtime", {"a": "1"}, "be brief")
    assert (
        faults_of({"kind": "no_response", "at_turn": 1, "match": match}, caller=caller).plan(1).no_response is applies
    )


def test_a_fault_at_connect_that_waits_for_instructions_comes_once() -> None:
    caller = Caller(1, "m")
    fault = {"kind": "close", "at_connect": True, "match": {"instructions": "brief"}}
    faults = faults_of(fault, caller=caller)
    assert faults.at_connect() == []
    caller.instructions = "be brief"
    assert len(faults.at_connect()) == 1
    assert faults.at_connect() == []
