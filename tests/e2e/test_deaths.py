"""What a call becomes when a process dies in it: the record is true, and nobody waits in a silent room."""

from __future__ import annotations

import signal

import psutil
import pytest

from tests.support.stack import Stack, wait_for

pytestmark = pytest.mark.timeout(180)
TRUE_WITHIN_S = 30.0


def test_a_killed_worker_ends_its_calls_and_the_next_call_works(stack: Stack) -> None:
    stack.has_a_worker()
    caller = stack.call("--seconds", "60")
    call = stack.connected(caller)
    stack.kill("worker")

    record = stack.final_record(call["callId"], TRUE_WITHIN_S)
    assert (record["status"], record["endReason"], record["agentStatus"]) == ("failed", "agent_lost", "disconnected")
    assert record["duration"] >= 0
    assert caller.result()["endReason"] == "agent_lost"
    stack.has_a_worker()
    assert stack.call("--say", "Are you there?").result()["status"] == "completed"


def test_a_killed_api_does_not_end_a_call_and_learns_what_it_missed(stack: Stack) -> None:
    stack.has_a_worker()
    caller = stack.call("--seconds", "12")
    call = stack.connected(caller)
    stack.kill("api")

    result = caller.result()
    assert (result["callId"], result["status"], result["endReason"]) == (
        call["callId"],
        "completed",
        "caller_hung_up",
    )
    assert all(turn["responseMs"] is not None for turn in result["turns"])
    said = [segment for segment in result["transcript"] if segment["speaker"] != "agent"]
    assert len(said) == len(result["turns"])


def test_a_worker_that_is_interrupted_ends_its_calls(stack: Stack) -> None:
    stack.has_a_worker()
    caller = stack.call("--seconds", "60")
    call = stack.connected(caller)
    pid = stack.kill("worker", signal.SIGINT)
    record = stack.final_record(call["callId"], TRUE_WITHIN_S)
    assert (record["status"], record["endReason"]) == ("completed", "ended_by_api")
    assert caller.result()["endReason"] == "ended_by_api"
    wait_for(lambda: not psutil.pid_exists(pid), "the worker has left", 10)


def test_a_draining_worker_lets_its_call_end_as_the_caller_wants(stack: Stack) -> None:
    stack.has_a_worker()
    caller = stack.call("--seconds", "8")
    call = stack.connected(caller)
    pid = stack.kill("worker", signal.SIGTERM)
    stack.kill("worker", signal.SIGTERM)
    result = caller.result()
    assert (result["callId"], result["status"], result["endReason"]) == (
        call["callId"],
        "completed",
        "caller_hung_up",
    )
    assert all(turn["responseMs"] is not None for turn in result["turns"])
    wait_for(lambda: not psutil.pid_exists(pid), "the worker has left after its last call", 15)
