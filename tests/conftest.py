"""Rules for every test: no leaked task, no leaked process, and in CI no skipped test."""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import HealthCheck, settings

from tests.support import lanes

IN_CI = os.environ.get("CI") == "true"

# A property holds or not, however busy the machine is: how long one example takes is for benchmarks. In CI the examples
# are always the same, so that a failure belongs to the change that it came with.
_UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.register_profile("short", settings(_UNHURRIED, derandomize=True, database=None) if IN_CI else _UNHURRIED)
settings.register_profile("long", _UNHURRIED, max_examples=5_000)
settings.load_profile("short")


@pytest.fixture
async def no_leaked_tasks() -> AsyncIterator[None]:
    before = asyncio.all_tasks()
    yield
    # What runs this line is a task of its own, and no leak.
    leaked = [task for task in asyncio.all_tasks() - before - {asyncio.current_task()} if not task.done()]
    # A task that was cancelled, or whose room has just closed, needs a moment to end; one that still lives after a
    # second does not want to.
    if leaked:
        await asyncio.wait(leaked, timeout=1.0)
        leaked = [task for task in leaked if not task.done()]
    assert not leaked, f"tasks outlived their test: {[task.get_name() for task in leaked]} {leaked}"


# What is slow begins when the fast tiers are done, the longest files of a tier first: short ones fill the lanes at the
# end. What measures times is the last of all, beside what is light.
TIERS = ("unit", "contracts", "browser", "e2e", "integration")
HERE = Path(__file__).parent


# Last, after the random order was made: within a tier it stays, but what is fast fails first.
@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_order)
    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.obj):
            # First set up means last torn down: it looks after all other fixtures have cleaned up.
            item.fixturenames.insert(0, "no_leaked_tasks")


def _order(item: pytest.Item) -> tuple[bool, bool, int, bool]:
    tier = TIERS.index(item.path.relative_to(HERE).parts[0])
    return lanes.is_measuring(item.nodeid), lanes.is_light(item.nodeid), tier, lanes.is_short(item.nodeid)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    left = [f"process {child.pid} still runs: {child.name()}" for child in _living_children()]
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left"] = left  # one lane of several: the process that leads them has the say
        return
    problems = session.config.stash[LEFT_BY_LANES] + left
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if IN_CI and skipped:
        problems.append(f"{len(skipped)} tests were skipped; in CI none may be")
    if problems and reporter:
        for problem in problems:
            reporter.write_line(problem, red=True)
    if problems:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What tests have measured (`record_property("measured", ...)`), from all lanes."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, [])]
    for name, value in (each for report in reports for each in getattr(report, "user_properties", [])):
        if name == "measured":
            terminalreporter.write_line(f"measured: {value}")


LEFT_BY_LANES = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[LEFT_BY_LANES] = []


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object | None:
    return lanes.scheduler(config, log) if config.getvalue("dist") == "loadfile" else None


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """A lane of pytest-xdist has ended."""
    node.config.stash[LEFT_BY_LANES].extend(getattr(node, "workeroutput", {}).get("left", []))


def _living_children() -> list[psutil.Process]:
    children = psutil.Process().children(recursive=True)
    # multiprocessing's tracker of shared resources lives as long as the process that made it, by design.
    return [child for child in children if child.is_running() and not _is_tracker(child)]


def _is_tracker(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE or "resource_tracker" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return True
