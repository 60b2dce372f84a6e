"""``python -m worker --processes 2``: two real worker processes, and calls that stay where they are."""

from __future__ import annotations

import os
import signal

from shared.call_report import AgentJoined, CallEnded
from shared.ids import WorkerId
from shared.worker_link import HeldCall
from tests.integration.worker.stack import Stack
from tests.integration.worker.worker_process import RunningWorker

ENOUGH_CALLS = 12
"""That all of them come to one of two processes happens once in two thousand times."""


async def test_calls_stay_where_they_are_when_a_process_dies_and_when_all_drain(own_worker: RunningWorker) -> None:
    own_worker.arguments = ("--processes", "2")
    own_worker.environment["VOICE_WORKER_SLOTS"] = str(ENOUGH_CALLS)
    own_worker.start()
    async with Stack(own_worker) as stack:
        await stack.control.wait_for("both are there", lambda: len(stack.control.hellos) == 2, limit_s=40)
        here, there = await _calls_in_both(stack)
        victim = stack.control.claimed_by[here]

        os.kill(_pid_of(victim), signal.SIGKILL)
        await stack.control.wait_for("a third one is there", lambda: len(stack.control.hellos) == 3, limit_s=40)
        assert stack.control.events(there.call_id, CallEnded) == []
        counted = await own_worker.metrics()
        assert counted["voice_supervisor_restarts_total"] == 1
        assert sum(counted.get(f'voice_worker_slots{{process="{number}"}}', 0) for number in (1, 2)) >= ENOUGH_CALLS

        own_worker.signal(signal.SIGTERM)
        await stack.control.wait_for("it drains", lambda: stack.control.heartbeats[-1].free_slots == 0)
        assert own_worker.runs
        assert stack.control.events(there.call_id, CallEnded) == []
        for claim in stack.control.calls.values():
            await stack.rooms.close(claim.room_name)
        assert await own_worker.exit_status(limit_s=20) == 0, own_worker.log[-2000:]


async def _calls_in_both(stack: Stack) -> tuple[HeldCall, HeldCall]:
    """Open calls until each process has one whose agent is in its room."""
    of: dict[WorkerId, HeldCall] = {}
    for _ in range(ENOUGH_CALLS):
        held = await stack.open_call()
        await stack.control.wait_for_report(held.call_id, AgentJoined, limit_s=20)
        of[stack.control.claimed_by[held]] = held
        if len(of) == 2:
            break
    here, there = of.values()
    return here, there


def _pid_of(worker_id: WorkerId) -> int:
    """As `worker.wiring.new_worker_id` makes it: host, process, chance."""
    return int(worker_id.rsplit("-", 2)[1])
