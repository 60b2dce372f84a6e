"""What must be done so that the record is true and stays so: the one place that decides it. Pure.

Once a second `control_api.upkeep.loop` gathers what can be seen (`Seen`), asks `plan`, and does what it says. Nothing
here remembers anything, so the same view always gives the same plan, and a plan that was carried out by half is
simply made again.

Three rules keep it from ending calls that are well:

- Silence is judged only by somebody who can hear. While LiveKit cannot be reached, nothing follows from a room or a
  person that is not seen; they count as missing from the first look that misses them. While the API has just started,
  or was itself held up, no worker is dead (`Seen.hears_workers`).
- Absence of a person needs a fresh look into the room (`Seen.looked_ms`), because webhooks may have been lost.
- An agent is judged by its worker: by the worker's connection, its heartbeats, and the calls that they name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from control_api.limits import Limits
from control_api.records import Call
from control_api.services.workers import WorkerView
from shared.agent_state import AgentState
from shared.call_state import EndReason
from shared.ids import CallId, RoomName, RoomSid, WorkerId

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
class TellWorker:
    """To let go of a call that is over or has another agent."""

    worker_id: WorkerId
    call_id: CallId
    epoch: int


Action = EndCall | Dispatch | LookInside | CloseRoom | TellWorker


def plan(seen: Seen) -> list[Action]:
    actions: list[Action] = list(_stale_agents(seen))
    for call in seen.open_calls:
        reason = why_over(call, seen)
        if reason is not None:
            actions.append(EndCall(call.id, reason))
            continue
        if _is_dispatch_due(call, seen):
            actions.append(Dispatch(call))
        room_sid = None if seen.rooms is None else seen.rooms.sids.get(call.room_name)
        if room_sid is not None and _is_look_due(call, seen):
            actions.append(LookInside(call, room_sid))
    if seen.rooms is not None:
        actions += [CloseRoom(call) for call in seen.unclosed if _age_s(seen, call.ended_at_ms) >= CLOSE_AGAIN_S]
    return actions


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
    match call.agent_state:
        case None:
            return None
        case AgentState.PENDING:
            waiting_s = min(_age_s(seen, call.agent_requested_ms), _age_s(seen, seen.started_ms))
            return EndReason.NO_AGENT if waiting_s >= seen.limits.dispatch_give_up_s else None
        case AgentState.DISCONNECTED:
            return EndReason.AGENT_LOST
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
    if not _has_fresh_look(call, seen):
        return None
    if call.caller_joined_ms is None:
        absent = call.caller_seen_ms is None and _age_s(seen, call.opened_at_ms) >= seen.limits.no_show_s
        return EndReason.NO_SHOW if absent else None
    if call.caller_away_ms is not None and _age_s(seen, call.caller_away_ms) >= seen.limits.reconnect_grace_s:
        return EndReason.CALLER_LOST
    return None


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
    all_there = call.connected_at_ms is not None and call.caller_away_ms is None
    last_ms = seen.looked_ms.get(call.id, seen.started_ms if call.opened_at_ms < seen.started_ms else call.opened_at_ms)
    return _age_s(seen, last_ms) >= (LOOK_CONNECTED_S if all_there else LOOK_S)


def _has_fresh_look(call: Call, seen: Seen) -> bool:
    looked_ms = seen.looked_ms.get(call.id)
    return looked_ms is not None and _age_s(seen, looked_ms) <= FRESH_LOOK_S


def _stale_agents(seen: Seen) -> Iterator[TellWorker]:
    epochs = {call.id: call.agent_epoch for call in seen.open_calls}
    for worker in seen.workers.values():
        if worker.connected:
            for call_id, epoch in worker.calls.items():
                if epoch < epochs.get(call_id, epoch + 1):
                    yield TellWorker(worker.worker_id, call_id, epoch)


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
