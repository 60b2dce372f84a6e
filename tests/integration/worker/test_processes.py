"""``python -m worker`` as it runs for real, under its supervisor: processes come and go, calls stay where they are."""

from __future__ import annotations

import os
import signal

from shared.call_report import AgentJoined, CallEnded
from shared.call_state import EndReason
from shared.ids import CallId, WorkerId
from shared.worker_link import Heartbeat, HeldCall
from tests.integration.worker.stack import Stack, until
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


async def test_a_process_is_replaced_under_a_live_call(own_worker: RunningWorker) -> None:
    """Without `--processes`, as in a container: the one process has taken as many calls as it may."""
    own_worker.arguments = ()
    own_worker.environment["VOICE_WORKER_MAX_CALLS"] = "1"
    # What the drain of a deploy may take is nothing to a replacement.
    own_worker.environment["VOICE_DRAIN_S"] = "0"
    own_worker.start()
    async with Stack(own_worker) as stack:
        held, phone = await stack.begin_call()
        old = stack.control.claimed_by[held]
        await stack.control.wait_for("a fresh one is there", lambda: len(stack.control.hellos) == 2, limit_s=40)
        beats = stack.control.heartbeats
        await stack.control.wait_for("the old one drains", lambda: any(beat.draining for beat in beats), limit_s=40)
        assert (await own_worker.ready_status())[0] == 200

        other = await stack.open_call()
        await stack.control.wait_for_report(other.call_id, AgentJoined, limit_s=20)
        assert stack.control.claimed_by[other] != old
        seen = len(beats)
        await stack.control.wait_for("both live on", lambda: _calls_in(beats[seen:]) == {held.call_id, other.call_id})
        assert stack.control.events(held.call_id, CallEnded) == []

        await phone.hang_up()
        ended = await stack.control.wait_for_report(held.call_id, CallEnded)
        assert ended.reason is EndReason.CALLER_HUNG_UP
        await until("the old one has left", lambda: not _runs(_pid_of(old)), limit_s=20)
        assert (await own_worker.metrics())['voice_supervisor_replaced_total{reason="calls"}'] >= 1
        await stack.close_room(other)
        own_worker.signal(signal.SIGTERM)
        assert await own_worker.exit_status(limit_s=20) == 0, own_worker.log[-2000:]


def _calls_in(beats: list[Heartbeat]) -> set[CallId]:
    return {call.call_id for beat in beats for call in beat.calls}


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


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
