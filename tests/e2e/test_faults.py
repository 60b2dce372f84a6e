"""`make faults` in its short form: one scenario of each kind of fault, once, and the invariants after each."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from scripts.faults.families import ALL
from scripts.faults.row import Row
from scripts.faults.runner import Runner
from scripts.faults.scenario import Scenario
from scripts.faults.stack import running_stack
from shared.clock import SystemClock
from tests.support.livekit_server import require_livekit_server

pytestmark = pytest.mark.asyncio(loop_scope="module")
SHORT = (
    "many_dispatches",
    "killed",
    "back_after_0_s",
    "skewed",
    "closes_1006",
    "quota_used_up",
    "joins_twice",
    "deaf_agent",
    "all_lost",
    "forged",
    "killed_and_reconciled",
    "killed_while_writing",
    "no_database",
)
"""Of each kind one that is short, and whose limits leave room for a machine that is busy with other tests."""
NAMED = {one.name: one for one in ALL}
SCENARIOS = [NAMED[name] for name in SHORT]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def runner(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Runner]:
    require_livekit_server()
    async with running_stack(tmp_path_factory.mktemp("faults")) as stack:
        yield Runner(stack, SystemClock(), print)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[f"{one.row}-{one.name}" for one in SCENARIOS])
async def test_the_promise_is_kept(runner: Runner, scenario: Scenario) -> None:
    row = Row(scenario)
    wrong = await runner.run_once(row)
    assert [*wrong, *row.too_slow()] == [], f"measured: {row.measured_ms}"
