"""The supervisor with real processes that do nothing but answer, die and be stubborn."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from scripts.dev.problem import StackProblem
from tests.integration.scripts.helpers import Stack, alive, fake, running, until


async def test_all_are_ready_and_all_are_stopped(tmp_path: Path) -> None:
    stack = Stack(tmp_path, fake("first"), fake("second", after=("first",)))
    async with running(stack):
        pids = dict(stack.supervisor.pids())
        assert pids.keys() == {"first", "second"}
    assert not any(alive(pid) for pid in pids.values())
    assert [line.split("...")[0].strip() for line in stack.said] == ["the first", "the second"]


async def test_one_that_is_killed_is_started_again_and_a_line_says_so(tmp_path: Path) -> None:
    stack = Stack(tmp_path, fake("victim"), fake("bystander"))
    async with running(stack):
        before = dict(stack.supervisor.pids())
        os.kill(before["victim"], signal.SIGKILL)
        await until(lambda: "ready again" in stack.said[-1], f"the victim did not come back: {stack.said}")
        after = stack.supervisor.pids()
        assert after["victim"] != before["victim"]
        assert after["bystander"] == before["bystander"]
    assert "the victim ended (SIGKILL); starting it again in 0.05 s." in stack.said


async def test_one_that_never_comes_up_is_given_up_with_the_end_of_its_log(tmp_path: Path) -> None:
    stack = Stack(tmp_path, fake("good"), fake("broken", "--die-before-ready", "7"))
    with pytest.raises(StackProblem, match=r"the broken does not come up \(exit status 7\)") as problem:
        await stack.run()
    assert "the fake process is here" in str(problem.value)
    assert len([line for line in stack.said if "the broken ended" in line]) == 2
    assert not stack.supervisor.pids()


async def test_bad_settings_are_not_tried_again(tmp_path: Path) -> None:
    stack = Stack(tmp_path, fake("misconfigured", "--die-before-ready", "2"))
    with pytest.raises(StackProblem, match="the misconfigured does not come up"):
        await stack.run()
    assert stack.said == []


async def test_one_that_lives_but_is_never_ready_is_given_up(tmp_path: Path) -> None:
    stack = Stack(tmp_path, fake("lazy", "--never-ready", ready_s=0.6))
    with pytest.raises(StackProblem, match=r"the lazy is not ready after 0\.6 s"):
        await stack.run()
    assert not stack.supervisor.pids()


async def test_a_missing_program_is_a_sentence(tmp_path: Path) -> None:
    spec = fake("absent")
    missing = type(spec)("absent", "the absent", ("/does/not/exist",), {}, spec.probe)
    with pytest.raises(StackProblem, match="the absent cannot be started: /does/not/exist: No such file"):
        await Stack(tmp_path, missing).run()


async def test_one_that_ignores_sigint_is_killed(tmp_path: Path) -> None:
    stack = Stack(tmp_path, fake("deaf", "--deaf", stop_s=0.3))
    async with running(stack):
        pid = stack.supervisor.pids()["deaf"]
    assert not alive(pid)
    assert stack.said[-1] == "the deaf did not stop in time and was killed."


async def test_a_second_signal_does_not_wait(tmp_path: Path) -> None:
    stack = Stack(tmp_path, fake("deaf", "--deaf", stop_s=60))
    async with running(stack) as task:
        pid = stack.supervisor.pids()["deaf"]
        stack.stop.set()
        stack.at_once.set()
        await until(task.done, "the stack waited for the deaf process although told not to", within_s=10)
    assert not alive(pid)


async def test_what_a_process_started_goes_with_it(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    stack = Stack(tmp_path, fake("parent", "--starts-another", str(note)))
    async with running(stack):
        grandchild = int(note.read_text())
        assert alive(grandchild)
    await until(lambda: not alive(grandchild), "the grandchild outlived its parent")


async def test_stopped_in_the_reverse_order(tmp_path: Path) -> None:
    stack = Stack(tmp_path, fake("base"), fake("user", "--deaf", after=("base",), stop_s=0.5))
    async with running(stack):
        base = stack.supervisor.pids()["base"]
        stack.stop.set()
        await until(lambda: not stack.supervisor.pids().get("user"), "the user was not stopped first")
        assert base
    assert not alive(base)
