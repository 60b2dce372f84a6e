"""Two workers; the one in the call dies or hangs, and the caller hears the other one."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator

import psutil
import pytest

from tests.e2e.two_workers.conftest import SLOTS
from tests.support.person import Person, person_in_a_call, until
from tests.support.stack import Stack

HEARD_AFTER_KILL_S = 3.0
HEARD_AFTER_STOP_S = 7.0


@pytest.fixture
async def person(stack: Stack) -> AsyncIterator[Person]:
    async with person_in_a_call(stack, enableRecording=False) as person:
        await person.hears_silence()
        await person.asks("Where is my order?")
        await person.hears_silence()
        yield person


def worker_of(stack: Stack, call_id: str) -> str:
    """The name of the process that claimed the call last."""
    claims = [
        (line["timestamp"], name)
        for name in ("worker", "worker_2")
        for line in stack.log_lines(name)
        if line["event"] == "call claimed" and line["call_id"] == call_id
    ]
    return max(claims)[1]


def agents_in(stack: Stack, person: Person) -> list[str]:
    return [one for one in stack.people_in(person.session["roomName"]) if one.startswith("ai-agent-")]


async def test_after_a_kill_the_call_goes_on(stack: Stack, person: Person) -> None:
    stack.kill(worker_of(stack, person.call_id))
    killed_s = person.now_s()
    gap_s = await person.hears(killed_s, HEARD_AFTER_KILL_S)
    print(f"heard again {gap_s:.2f} s after the kill")
    assert gap_s <= HEARD_AFTER_KILL_S
    assert agents_in(stack, person) == [person.phone.agent_identity]

    await person.hears_silence()
    await person.asks("Thank you very much.")
    await until(lambda: person.record["recoveries"] == 1, "the record shows it", 5)
    said = [segment["text"] for segment in person.record["transcriptSegments"] if segment["speaker"] == "agent"]
    assert said[0] == "Hello, this is the support line."
    assert said.count(said[0]) == 1, "nobody is greeted twice"
    assert (person.record["status"], person.record["agentStatus"]) == ("connected", "active")


async def test_a_worker_that_hangs_is_replaced_and_lets_go_when_it_wakes_up(stack: Stack, person: Person) -> None:
    name = worker_of(stack, person.call_id)
    pid = stack.kill(name, signal.SIGSTOP)
    try:
        stopped_s = person.now_s()
        gap_s = await person.hears(stopped_s, HEARD_AFTER_STOP_S)
        print(f"heard again {gap_s:.2f} s after the stop")
        assert gap_s <= HEARD_AFTER_STOP_S
        await person.hears_silence()
    finally:
        os.kill(pid, signal.SIGCONT)
    await until(lambda: stack.free_slots() == 2 * SLOTS - 1, "it has let go of the call", 10)
    assert agents_in(stack, person) == [person.phone.agent_identity]
    assert (person.record["status"], person.record["recoveries"]) == ("connected", 1)


async def test_a_rolling_restart_loses_no_call_and_no_dispatch(stack: Stack, person: Person) -> None:
    name = worker_of(stack, person.call_id)
    pid = stack.kill(name, signal.SIGTERM)
    stack.kill(name, signal.SIGTERM)
    await until(lambda: stack.worker_readiness(name) == (503, ["draining"]), "it says that it drains", 5)
    async with person_in_a_call(stack) as another:
        assert worker_of(stack, another.call_id) != name
    await person.asks("Thank you very much.")
    assert (person.record["status"], person.record["recoveries"]) == ("connected", 0)
    await person.phone.hang_up()
    await until(lambda: not psutil.pid_exists(pid), "it has left after its last call", 20)
    record = stack.final_record(person.call_id, 10)
    assert (record["status"], record["endReason"]) == ("completed", "caller_hung_up")
