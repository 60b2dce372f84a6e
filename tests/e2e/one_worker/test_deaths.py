"""What a call becomes when a process dies in it: the record is true, and nobody waits in a silent room."""

from __future__ import annotations

import signal

import aiohttp
import psutil
from livekit import api as livekit_api

from tests.support.stack import Stack, wait_for

TRUE_WITHIN_S = 30.0
RESTARTED_WITHIN_S = 60.0


def test_the_call_of_the_only_worker_is_taken_up_when_it_is_started_again(stack: Stack) -> None:
    caller = stack.call("--seconds", "60")
    call = stack.connected(caller)
    stack.kill("worker")

    def is_taken_up() -> bool:
        record = stack.record(call["callId"])
        return record is not None and (record["recoveries"], record["agentStatus"]) == (1, "active")

    wait_for(is_taken_up, "the call has an agent again", RESTARTED_WITHIN_S)
    assert stack.api("DELETE", f"/api/voice/session?roomName={call['roomName']}")["success"] is True
    assert caller.result()["endReason"] == "ended_by_api"


def test_a_media_server_that_crashes_loses_no_call(stack: Stack) -> None:
    caller = stack.call("--seconds", "60")
    call = stack.connected(caller)
    agent_and_caller = set(stack.people_in(call["roomName"]))
    assert len(agent_and_caller) == 2
    stack.kill("livekit")
    wait_for(lambda: _is_back(stack, call["roomName"], agent_and_caller), "both are back in the room", 20)
    record = stack.record(call["callId"])
    assert record is not None
    assert (record["status"], record["recoveries"]) == ("connected", 0)
    assert stack.api("DELETE", f"/api/voice/session?roomName={call['roomName']}")["success"] is True
    assert caller.result()["endReason"] == "ended_by_api"


def _is_back(stack: Stack, room_name: str, everybody: set[str]) -> bool:
    try:
        return set(stack.people_in(room_name)) == everybody
    except (aiohttp.ClientError, livekit_api.TwirpError):
        return False


def test_a_killed_api_does_not_end_a_call_and_learns_what_it_missed(stack: Stack) -> None:
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
    caller = stack.call("--seconds", "60")
    call = stack.connected(caller)
    pid = stack.kill("worker", signal.SIGINT)
    record = stack.final_record(call["callId"], TRUE_WITHIN_S)
    assert (record["status"], record["endReason"]) == ("completed", "ended_by_api")
    assert caller.result()["endReason"] == "ended_by_api"
    wait_for(lambda: not psutil.pid_exists(pid), "the worker has left", 10)


def test_a_draining_worker_lets_its_call_end_as_the_caller_wants(stack: Stack) -> None:
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
