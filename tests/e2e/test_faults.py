"""`make faults` in its short form: every scenario once, and the invariants after each."""

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

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(300)]
SHORT = [one for one in ALL if not one.only_long]
NOT_SEEN_KEPT = {
    "away_for_5_s",
    "black_hole",
    "circuit_breaker",
    "device_dies",
    "endless",
    "endless_and_not_enforced",
    "five_hundred_rooms",
    "page_reload",
    "silent",
}
"""Not kept when they were last run, or not run yet: docs/reliability.md says which. A name goes when it is seen."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def runner(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Runner]:
    require_livekit_server()
    async with running_stack(tmp_path_factory.mktemp("faults")) as stack:
        yield Runner(stack, SystemClock(), print)


@pytest.mark.parametrize("scenario", SHORT, ids=[f"{one.row}-{one.name}" for one in SHORT])
async def test_the_promise_is_kept(runner: Runner, scenario: Scenario, request: pytest.FixtureRequest) -> None:
    if scenario.name in NOT_SEEN_KEPT:
        request.applymarker(pytest.mark.xfail(reason="not seen to be kept yet", strict=False))
    row = Row(scenario)
    wrong = await runner.run_once(row)
    assert [*wrong, *row.too_slow()] == [], f"measured: {row.measured_ms}"
