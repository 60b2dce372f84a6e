"""The agent that a call should have: is one on its way, is it there, is it lost, and what then. Pure.

An agent is judged by its worker: by the worker's connection, its heartbeats, and the calls that they name. One that is
lost is replaced (`why_to_be_replaced`), as long as the media server can be reached and the call does not lose one agent
after the other: a call that kills its workers must not walk through all of them. Where no agent comes, the call gives
it up (`given_up`); whether it ends with that is for `control_api.upkeep.plan` to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from control_api.records import Call
from control_api.services.workers import WorkerView
from control_api.upkeep.actions import TellWorker
from control_api.upkeep.view import Seen
from control_api.voices import effective_model
from shared.agent_state import AgentState
from shared.call_state import EndReason
from shared.worker_link import CommandKind

JOIN_S = 20
"""From the claim to the agent in the room; 0.4 s when all is well. The worker itself gives its job 12 s to start."""
WORKER_GONE_S = 1.0
WORKER_SILENT_S = 3.0
UNNAMED_S = 10.0
"""How long a call may be missing from its worker's heartbeats: its last report may still be on its way."""
MEDIA_AWAY_S = 30
"""A lost agent, or one that has lost its room, waits so long for the media server to be reachable again."""
MAX_RECOVERIES = 3
RECOVERY_WINDOW_S = 300


def given_up(call: Call, seen: Seen) -> EndReason | None:
    """Why the agent that the call should have is not there and will not be."""
    match call.agent_state:
        case None | AgentState.DISCONNECTED:
            return None
        case AgentState.PENDING:
            return _nobody_came(call, seen)
    if why_lost(call, seen) is None:
        return None
    if seen.rooms is None:
        return EndReason.MEDIA_SERVER_LOST if _lost_s(call, seen) >= MEDIA_AWAY_S else None
    return None if _may_recover(call, seen) else EndReason.AGENT_LOST


def _lost_s(call: Call, seen: Seen) -> float:
    """For how long a lost agent is lost, at least."""
    if call.agent_gone_ms is not None:
        return seen.age_s(call.agent_gone_ms)
    worker = None if call.agent_worker_id is None else seen.workers.get(call.agent_worker_id)
    claimed_s = seen.age_here_s(call.agent_claimed_ms)
    return claimed_s if worker is None else max(worker.silent_s, _unnamed_s(call, worker, seen))


def _unnamed_s(call: Call, worker: WorkerView, seen: Seen) -> float:
    """For how long the worker has not named the call that it has."""
    if call.id in worker.calls:
        return 0.0
    return min(worker.unnamed_s.get(call.id, worker.listening_s), seen.age_s(call.agent_claimed_ms))


def _nobody_came(call: Call, seen: Seen) -> EndReason | None:
    waiting_s = seen.age_here_s(call.agent_requested_ms)
    if call.takes_over:
        return EndReason.AGENT_LOST if waiting_s >= seen.limits.recovery_give_up_s else None
    return EndReason.NO_AGENT if waiting_s >= seen.limits.dispatch_give_up_s else None


def why_to_be_replaced(call: Call, seen: Seen) -> str | None:
    """What `why_lost` says, when another agent can and may come."""
    return why_lost(call, seen) if seen.rooms is not None and _may_recover(call, seen) else None


def _may_recover(call: Call, seen: Seen) -> bool:
    lately = [at_ms for at_ms in call.recovered_ms if seen.age_s(at_ms) < RECOVERY_WINDOW_S]
    return len(lately) < MAX_RECOVERIES


def why_lost(call: Call, seen: Seen) -> str | None:
    """How a worker that has claimed this call lost its agent (`AgentLostEvent.detail`); None when it did not."""
    if call.agent_state not in (AgentState.CLAIMED, AgentState.ACTIVE):
        return None
    if call.agent_gone_ms is not None:
        return "left_room"
    is_late = call.agent_state is AgentState.CLAIMED and seen.age_here_s(call.agent_claimed_ms) >= JOIN_S
    return "not_joined" if is_late and seen.rooms is not None else _why_worker_lost(call, seen)


def _why_worker_lost(call: Call, seen: Seen) -> str | None:
    """How the worker that has this call is dead, wedged, or does not know of the call any more."""
    if not seen.hears_workers or call.agent_worker_id is None:
        return None
    worker = seen.workers.get(call.agent_worker_id)
    if worker is None:
        # Between a claim and the worker's hello is time that a restarted API must give.
        return "worker_unknown" if seen.age_s(call.agent_claimed_ms) >= UNNAMED_S else None
    if not worker.connected:
        return "worker_gone" if worker.silent_s >= WORKER_GONE_S else None
    if worker.silent_s >= WORKER_SILENT_S:
        return "worker_silent"
    return "not_named" if _unnamed_s(call, worker, seen) >= UNNAMED_S else None


def is_dispatch_due(call: Call, seen: Seen) -> bool:
    waits = call.agent_state is AgentState.PENDING and call.opened_at_ms is not None
    again_s = seen.limits.recovery_retry_s if call.takes_over else seen.limits.dispatch_retry_s
    return waits and seen.age_s(call.agent_dispatched_ms) >= again_s


def for_workers(seen: Seen) -> Iterator[TellWorker]:
    """What each worker must be told about the calls that it names."""
    open_calls = {call.id: call for call in seen.open_calls}
    for worker in seen.workers.values():
        if worker.connected:
            for call_id, epoch in worker.calls.items():
                command = _command(open_calls.get(call_id), epoch, worker.models.get(call_id, ""))
                if command is not None:
                    yield TellWorker(worker.worker_id, call_id, epoch, *command)


def _command(call: Call | None, epoch: int, model: str) -> tuple[CommandKind, Mapping[str, str]] | None:
    """What the worker that names this call must be told. `model`: what it says that it runs."""
    if call is None:
        return CommandKind.END, {}
    if epoch < call.agent_epoch or (epoch == call.agent_epoch and not call.has_agent):
        return CommandKind.REMOVE_AGENT, {}
    wanted = effective_model(call.model)
    if wanted and model and wanted != model:
        return CommandKind.SET_MODEL, {"model": wanted}
    return None
