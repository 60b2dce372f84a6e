"""Setting a session up: what is asked for, what the service may refuse, and when the session is ours."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from shared.call_state import EndReason
from worker.adapters.session_setup import AskAgain, SessionSetup, SetUp
from worker.farewell import END_CALL
from worker.ports import Brief, ModelLost

THINKING = Brief("gpt-realtime-2.1", "alloy", "You are a test.", (END_CALL,))
BRIEF = Brief("gpt-realtime-1.5", "alloy", "You are a test.", (END_CALL,))


def a_setup(brief: Brief = BRIEF) -> SessionSetup:
    return SessionSetup(brief, "gpt-transcribe")


def refusal(setup: SessionSetup, code: str = "invalid_value", **error: Any) -> Any:
    return setup.answered({"type": "error", "error": {"type": "invalid_request_error", "code": code, **error}})


def updated(session: Any) -> dict[str, Any]:
    return {"type": "session.updated", "session": session}


def test_one_request_says_it_all() -> None:
    request = a_setup(THINKING).request()
    session = request["session"]
    assert (request["type"], session["type"], session["model"]) == ("session.update", "realtime", "gpt-realtime-2.1")
    assert session["instructions"] == "You are a test."
    assert [tool["name"] for tool in session["tools"]] == ["end_call"]
    assert session["audio"]["output"]["voice"] == "alloy"
    assert session["audio"]["input"]["transcription"] == {"model": "gpt-transcribe"}
    assert session["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 500
    assert session["reasoning"] == {"effort": "low"}
    assert "reasoning" not in a_setup().request()["session"], "others refuse to be asked"


def test_a_session_that_holds_it_is_ours() -> None:
    setup = a_setup()
    assert setup.answered(updated(setup.request()["session"])) == SetUp(None)


@pytest.mark.parametrize("session", [{}, None, "odd", [], {"audio": None, "tools": None, "instructions": None}])
def test_what_the_service_does_not_tell_is_believed(session: Any) -> None:
    assert a_setup().answered(updated(session)) == SetUp(None)


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (("audio", "output", "voice"), "marin", "voice"),
        (("instructions",), "You are somebody else.", "instructions"),
        (("tools",), [], "tools"),
        (("output_modalities",), ["text"], "output_modalities"),
        (("audio", "input", "turn_detection"), None, "turn_detection"),
        (("audio", "input", "turn_detection", "type"), "semantic_vad", "turn_detection"),
        (("audio", "input", "turn_detection", "create_response"), False, "turn_detection.create_response"),
        (("audio", "input", "turn_detection", "silence_duration_ms"), 200, "turn_detection.silence_duration_ms"),
    ],
)
def test_a_session_that_holds_something_else_is_asked_once_more_and_is_never_ours(
    path: tuple[str, ...], value: Any, named: str
) -> None:
    setup = a_setup()
    session = copy.deepcopy(setup.request()["session"])
    inner = session
    for name in path[:-1]:
        inner = inner[name]
    inner[path[-1]] = value
    assert setup.answered(updated(session)) == AskAgain()
    lost = setup.answered(updated(session))
    assert lost == ModelLost(EndReason.PROVIDER_DOWN, f"session_differs {named}", is_final=True)


@pytest.mark.parametrize(
    "written",
    [
        {"instructions": " You are\na test. "},
        {"audio": {"output": {"voice": "Alloy"}}},
        {"audio": {"input": {"turn_detection": {"threshold": "0.5", "silence_duration_ms": 500.0}}}},
        {"tools": [{"name": "end_call"}, {"name": "one of theirs"}]},
    ],
)
def test_the_same_in_other_words_is_the_same(written: dict[str, Any]) -> None:
    assert a_setup().answered(updated(written)) == SetUp(None)


@pytest.mark.parametrize(
    "param", ["session.audio.input.transcription.model", "session.audio.input.turn_detection", None]
)
def test_without_a_transcriber_that_is_refused_it_goes_on(param: str | None) -> None:
    setup = a_setup()
    setup.request()
    assert refusal(setup, "model_not_found", param=param) == AskAgain()
    session = setup.request()["session"]
    assert session["audio"]["input"]["transcription"] is None
    assert setup.answered(updated(session)) == SetUp("model_not_found")


def test_a_transcriber_that_is_passed_over_is_told_too() -> None:
    setup = a_setup()
    session = copy.deepcopy(setup.request()["session"])
    session["audio"]["input"]["transcription"] = None
    assert setup.answered(updated(session)) == SetUp("not_taken")


def test_without_thinking_it_goes_on_and_keeps_its_words() -> None:
    setup = a_setup(THINKING)
    assert refusal(setup, "unknown_parameter", param="session.reasoning") == AskAgain()
    session = setup.request()["session"]
    assert "reasoning" not in session
    assert setup.answered(updated(session)) == SetUp(None)


@pytest.mark.parametrize("brief", [BRIEF, THINKING])
def test_what_is_refused_whatever_is_left_out_is_refused_with_the_services_code(brief: Brief) -> None:
    setup = a_setup(brief)
    answers = [refusal(setup, param="session.audio.output.voice")]
    while answers[-1] == AskAgain():
        answers.append(refusal(setup, "another"))
    assert answers[-1] == ModelLost(EndReason.PROVIDER_DOWN, "invalid_value session.audio.output.voice", is_final=True)
    assert len(answers) <= 3


def test_trouble_of_the_services_own_is_no_refusal_for_good() -> None:
    assert refusal(a_setup(), "server_error") == ModelLost(EndReason.PROVIDER_DOWN, "server_error")
    limited = refusal(a_setup(), "rate_limit_exceeded", message="Please try again in 2s.")
    assert limited == ModelLost(EndReason.PROVIDER_QUOTA, "rate_limit_exceeded", retry_after_s=2.0)
    assert refusal(a_setup(), "insufficient_quota").is_final


@pytest.mark.parametrize("error", ["a text", {}, None, {"code": 7, "param": [], "message": None}])
def test_a_refusal_that_is_hard_to_read_is_one(error: Any) -> None:
    setup = a_setup()
    assert setup.answered({"type": "error", "error": error}) == AskAgain()
    assert isinstance(setup.answered({"type": "error", "error": error}), ModelLost)


def test_what_is_refused_of_something_else_is_none_of_its_business() -> None:
    setup = a_setup()
    assert refusal(setup, event_id="history_1") is None
    assert setup.answered({"type": "session.created", "session": {}}) is None
    assert setup.answered({"type": []}) is None
