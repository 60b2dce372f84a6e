"""The limits of time and silence, enforced once more. Pure.

The worker enforces both and may say goodbye first; this is for one that does not, so each limit has a slack here.
"""

from __future__ import annotations

from control_api.records import Call
from control_api.upkeep.media import are_all_there
from control_api.upkeep.view import Seen
from shared.agent_state import AgentState
from shared.call_state import EndReason

MAX_DURATION_SLACK_S = 5
IDLE_SLACK_S = 5


def why_over(call: Call, seen: Seen) -> EndReason | None:
    if seen.age_s(call.connected_at_ms or call.opened_at_ms) >= seen.limits.max_call_s + MAX_DURATION_SLACK_S:
        return EndReason.MAX_DURATION
    if _silent_s(call, seen) >= seen.limits.idle_timeout_s + IDLE_SLACK_S:
        return EndReason.IDLE_TIMEOUT
    return None


def _silent_s(call: Call, seen: Seen) -> float:
    """For how long nobody has spoken in this call with an agent, at the least: words are reported when they are over,
    so somebody who speaks for minutes is known only from the worker's heartbeats."""
    is_talk = call.agent_state is AgentState.ACTIVE and call.connected_at_ms is not None and are_all_there(call)
    if not is_talk or call.agent_worker_id is None:
        return 0.0
    last_ms = max(call.connected_at_ms or 0, call.agent_joined_ms or 0, call.spoken_ms or 0)
    worker = seen.workers.get(call.agent_worker_id)
    told_s = None if worker is None else worker.quiet_s.get(call.id)
    silent_s = seen.age_here_s(last_ms)
    return silent_s if told_s is None or worker is None else min(silent_s, told_s + worker.silent_s)
