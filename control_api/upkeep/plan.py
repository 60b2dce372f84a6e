"""What must be done so that the record is true and stays so: the one place that decides it. Pure.

Once a second `control_api.upkeep.loop` gathers what can be seen (`Seen`), asks `plan`, and does what it says. Nothing
here remembers anything, so the same view always gives the same plan, and a plan that was carried out by half is
simply made again.

Four rules keep it from ending calls that are well:

- Silence is judged only by somebody who can hear. While LiveKit cannot be reached, nothing follows from a room or a
  person that is not seen; they count as missing from the first look that misses them. While the API has just started,
  or was itself held up, no worker is dead (`Seen.hears_workers`).
- Absence of a person needs a fresh look into the room (`Seen.looked_ms`), because webhooks may have been lost.
- Whose absence ends which call is in `control_api.upkeep.absence`.
- An agent is judged by its worker: by the worker's connection, its heartbeats, and the calls that they name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from control_api.limits import Limits
from control_api.records import Call, CallType
from control_api.services.workers import WorkerView
from control_api.upkeep import absence
from control_api.voices import effective_model
from shared.agent_state import AgentState
from shared.call_state import EndReason
from shared.ids import CallId, RoomName, RoomSid, WorkerId
from shared.worker_link import CommandKind

OPENING_S = 15
"""A row that is still pending then belongs to a request that died (it has 2.5 s)."""
ROOM_MISSING_S = 5
FINISHED_S = 5
CLOSE_AGAIN_S = 2
MAX_DURATION_SLACK_S = 5
"""The worker enforces the longest duration and may say goodbye; this is for one that does not."""
JOIN_S = 30
"""From the claim to the agent in the room; 0.4 s when all is well."""
WORKER_GONE_S = 1.0
WORKER_SILENT_S = 3.5
UNNAMED_S = 10.0
"""How long a call may be missing from its worker's heartbeats: its last report may still be on its way."""
LOOK_S = 4
LOOK_CONNECTED_S = 10
FRESH_LOOK_S = 8


@dataclass(frozen=True, slots=True)
class RoomsSeen:
    """What LiveKit listed."""

    asked_ms: int
    sids: Mapping[RoomName, RoomSid]
    missing_since_ms: Mapping[CallId, int]
    """Calls whose room was not listed -> at the first listing in a row that missed it."""


@dataclass(frozen=True, slots=True)
class Seen:
    now_ms: int
    started_ms: int
    """When this API process began: what could not happen before does not count as late."""
    open_calls: Sequence[Call]
    unclosed: Sequence[Call]
    workers: Mapping[WorkerId, WorkerView]
    hears_workers: bool
    rooms: RoomsSeen | None
    """None while LiveKit does not answer."""
    limits: Limits
    looked_ms: Mapping[CallId, int] = field(default_factory=dict)
    """When each call's room was last looked into."""


@dataclass(frozen=True, slots=True)
class EndCall:
    call_id: CallId
    reason: EndReason


@dataclass(frozen=True, slots=True)
class Dispatch:
    call: Call


@dataclass(frozen=True, slots=True)
class LookInside:
    """List the participants and repair what is stored of them."""

    call: Call
    room_sid: RoomSid


@dataclass(frozen=True, slots=True)
class CloseRoom:
    call: Call


@dataclass(frozen=True, slots=True)
class DropAgent:
    """The call lost its agent, or got none, and goes on without."""

    call: Call


@dataclass(frozen=True, slots=True)
class TellWorker:
    """To let go of a call that is over or has another agent, or to change what it runs."""

    worker_id: WorkerId
    call_id: CallId
    epoch: int
    kind: CommandKind = CommandKind.END
    args: Mapping[str, str] = field(default_factory=dict)


Action = EndCall | Dispatch | DropAgent | LookInside | CloseRoom | TellWorker


def plan(seen: Seen) -> list[Action]:
    actions: list[Action] = [*_for_workers(seen)]
    for call in seen.open_calls:
        reason = why_over(call, seen)
        actions += [EndCall(call.id, reason)] if reason is not None else _to_keep_going(call, seen)
    if seen.rooms is not None:
        actions += [CloseRoom(call) for call in seen.unclosed if _age_s(seen, call.ended_at_ms) >= CLOSE_AGAIN_S]
    return actions


def _to_keep_going(call: Call, seen: Seen) -> Iterator[Action]:
    if _agent_lost(call, seen) is not None:
        yield DropAgent(call)
    elif _is_dispatch_due(call, seen):
        yield Dispatch(call)
    room_sid = None if seen.rooms is None else seen.rooms.sids.get(call.room_name)
    if room_sid is not None and _is_look_due(call, seen):
        yield LookInside(call, room_sid)


def why_over(call: Call, seen: Seen) -> EndReason | None:
    """The reason for which this open call must end now; of several, the one that says most."""
    if call.opened_at_ms is None:
        return EndReason.INTERNAL_ERROR if _age_s(seen, call.created_at_ms) >= OPENING_S else None
    return _media(call, seen) or _agent(call, seen) or _people(call, seen) or _too_long(call, seen)


def _media(call: Call, seen: Seen) -> EndReason | None:
    if call.room_finished_ms is not None:
        return EndReason.EVERYONE_LEFT if _age_s(seen, call.room_finished_ms) >= FINISHED_S else None
    missing_since_ms = None if seen.rooms is None else seen.rooms.missing_since_ms.get(call.id)
    if missing_since_ms is None or _age_s(seen, missing_since_ms) < ROOM_MISSING_S:
        return None
    return EndReason.MEDIA_SERVER_LOST


def _agent(call: Call, seen: Seen) -> EndReason | None:
    """Only a call that is nothing without its agent ends with it; others lose it (`DropAgent`)."""
    if not call.depends_on_agent:
        return None
    return EndReason.AGENT_LOST if call.agent_state is AgentState.DISCONNECTED else _agent_lost(call, seen)


def _agent_lost(call: Call, seen: Seen) -> EndReason | None:
    """Why the agent that the call should have is not there."""
    match call.agent_state:
        case None | AgentState.DISCONNECTED:
            return None
        case AgentState.PENDING:
            waiting_s = min(_age_s(seen, call.agent_requested_ms), _age_s(seen, seen.started_ms))
            return EndReason.NO_AGENT if waiting_s >= seen.limits.dispatch_give_up_s else None
        case AgentState.CLAIMED if seen.rooms is not None and _waits_for_agent_s(call, seen) >= JOIN_S:
            return EndReason.AGENT_LOST
        case _:
            return EndReason.AGENT_LOST if _is_worker_lost(call, seen) else None


def _waits_for_agent_s(call: Call, seen: Seen) -> float:
    return min(_age_s(seen, call.agent_claimed_ms), _age_s(seen, seen.started_ms))


def _is_worker_lost(call: Call, seen: Seen) -> bool:
    """Whether the worker that has this call is dead, wedged, or does not know of the call any more."""
    if not seen.hears_workers or call.agent_worker_id is None:
        return False
    worker = seen.workers.get(call.agent_worker_id)
    if worker is None:
        # Between a claim and the worker's hello is time that a restarted API must give.
        return _age_s(seen, call.agent_claimed_ms) >= UNNAMED_S
    if not worker.connected:
        return worker.silent_s >= WORKER_GONE_S
    if worker.silent_s >= WORKER_SILENT_S:
        return True
    if call.id in worker.calls:
        return False
    unnamed_s = worker.unnamed_s.get(call.id, worker.listening_s)
    return min(unnamed_s, _age_s(seen, call.agent_claimed_ms)) >= UNNAMED_S


def _people(call: Call, seen: Seen) -> EndReason | None:
    looked_ms = seen.looked_ms.get(call.id) if _has_fresh_look(call, seen) else None
    return absence.why_over(absence.View(call, seen.limits, seen.now_ms, looked_ms))


def _too_long(call: Call, seen: Seen) -> EndReason | None:
    since_ms = call.connected_at_ms or call.opened_at_ms
    is_over = _age_s(seen, since_ms) >= seen.limits.max_call_s + MAX_DURATION_SLACK_S
    return EndReason.MAX_DURATION if is_over else None


def _is_dispatch_due(call: Call, seen: Seen) -> bool:
    waits = call.agent_state is AgentState.PENDING and call.opened_at_ms is not None
    return waits and _age_s(seen, call.agent_dispatched_ms) >= seen.limits.dispatch_retry_s


def _is_look_due(call: Call, seen: Seen) -> bool:
    if call.opened_at_ms is None:
        return False
    last_ms = seen.looked_ms.get(call.id, seen.started_ms if call.opened_at_ms < seen.started_ms else call.opened_at_ms)
    if call.call_type is CallType.CONFERENCE and last_ms < (call.deserted_ms or 0):
        return True  # the last one seems to have left: seen to be true, that is its end
    return _age_s(seen, last_ms) >= (LOOK_CONNECTED_S if _are_all_there(call) else LOOK_S)


def _are_all_there(call: Call) -> bool:
    if call.connected_at_ms is None:
        return False
    away = {
        CallType.SUPPORT: (call.caller_away_ms,),
        CallType.USER_TO_USER: (call.caller_away_ms, call.callee_away_ms),
        CallType.CONFERENCE: (call.deserted_ms,),
    }
    return all(away_ms is None for away_ms in away[call.call_type])


def _has_fresh_look(call: Call, seen: Seen) -> bool:
    looked_ms = seen.looked_ms.get(call.id)
    return looked_ms is not None and _age_s(seen, looked_ms) <= FRESH_LOOK_S


def _for_workers(seen: Seen) -> Iterator[TellWorker]:
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


def _age_s(seen: Seen, since_ms: int | None) -> float:
    return 0.0 if since_ms is None else (seen.now_ms - since_ms) / 1000


def missing_since(
    before: Mapping[CallId, int], open_calls: Sequence[Call], listed: Mapping[RoomName, RoomSid], asked_ms: int
) -> dict[CallId, int]:
    """Which calls' rooms this listing misses, and since which listing they are missed. A call that was opened after
    the question was asked cannot be in the answer."""
    return {
        call.id: before.get(call.id, asked_ms)
        for call in open_calls
        if call.room_name not in listed and call.opened_at_ms is not None and call.opened_at_ms < asked_ms
    }
