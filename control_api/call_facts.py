"""A call's row is what its facts add up to, in whatever order they arrived.

Facts come from three sides (webhooks, workers' reports, the upkeep's own look at the media server), late, twice and
in any order. So no handler changes a call's status. Handlers store facts, each merged so that the order does not
matter (`merge_presence`, `merge_room`, the earliest time of the agent's joining), and `settle` computes the row from
all of them: it puts what happened into the order in which it *happened* and folds `shared.call_state` over that.

Whom a call needs and whose leaving ends it depends on its type: `control_api.call_parties`.

There are two kinds of end. One that is *inferred* (the caller left on purpose) stays open to correction by a fact that
happened earlier and is heard of later: that is what makes every permutation of the webhooks end in the same row. One
that was *decided* (a request, the worker, the upkeep) was told to somebody, and stands as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from control_api.call_parties import RULES, Parties, earliest, parties
from control_api.records import Call, LeftWhy, Presence, Room
from shared.agent_state import AgentEvent, next_agent_state
from shared.call_state import CallEvent, CallState, Ended, EndReason, PartiesPresent, RoomOpened, next_state

_STRENGTH = {None: 0, LeftWhy.UNSEEN: 1, LeftWhy.LOST: 2, LeftWhy.ON_PURPOSE: 3}


def merge_presence(old: Presence | None, new: Presence) -> Presence:
    """Both as one; commutative and idempotent. The stronger reason for leaving wins, the earlier time among equals."""
    if old is None:
        return new
    a, b = sorted((old, new), key=_leaving)
    return replace(
        old,
        joined_at_ms=earliest(old.joined_at_ms, new.joined_at_ms),
        left_at_ms=b.left_at_ms if _STRENGTH[a.left_why] != _STRENGTH[b.left_why] else a.left_at_ms,
        left_why=b.left_why,
    )


def _leaving(presence: Presence) -> tuple[int, int]:
    return _STRENGTH[presence.left_why], presence.left_at_ms or 0


def merge_room(old: Room | None, new: Room) -> Room:
    if old is None:
        return new
    return replace(
        old,
        created_ms=min(old.created_ms, new.created_ms),
        finished_ms=earliest(old.finished_ms, new.finished_ms),
    )


def end(call: Call, reason: EndReason, at_ms: int, *, detail: str | None = None) -> Call:
    """The call, ended by a decision; the same call when it had already ended."""
    if call.is_final:
        return call
    return replace(
        call,
        status=next_state(call.status, Ended(reason)),
        end_reason=reason,
        ended_at_ms=max(at_ms, call.connected_at_ms or call.created_at_ms),
        end_decided=True,
        end_detail=detail,
        agent_state=None if call.agent_state is None else next_agent_state(call.agent_state, AgentEvent.GONE),
    )


def settle(call: Call, presence: Sequence[Presence], rooms: Sequence[Room]) -> Call:
    """The row that these facts add up to."""
    current = max(rooms, key=lambda room: (room.created_ms, room.room_sid), default=None)
    stays = [_ended_with_its_room(stay, current, rooms) for stay in presence]
    agents = [stay.joined_at_ms for stay in stays if stay.identity == call.agent_identity]
    call = replace(
        call,
        agent_joined_ms=earliest(call.agent_joined_ms, *(at for at in agents if _is_of_this_epoch(call, at))),
        room_finished_ms=None if current is None else current.finished_ms,
        room_lost_ms=None if current is None or len(rooms) == 1 else current.created_ms,
    )
    found = parties(call, stays)
    call = _with_people(call, found)
    if not call.end_decided:
        call = _lifecycle(call, found)
    return _agent(call)


def _is_of_this_epoch(call: Call, joined_ms: int | None) -> bool:
    """All agents of a call have one identity: somebody who came before this one was asked for is the one before."""
    if joined_ms is None or call.agent_epoch <= 1:
        return joined_ms is not None
    return call.agent_requested_ms is not None and joined_ms >= call.agent_requested_ms


def _with_people(call: Call, found: Parties) -> Call:
    callers, callees = found.of(call.caller_id), found.of(call.callee_id)
    deserted_ms = _away_since(found.people)
    last = [stay.left_why for stay in found.people if stay.left_at_ms == deserted_ms]
    return replace(
        call,
        caller_joined_ms=_joined_ms(callers),
        caller_away_ms=_away_since(callers),
        callee_joined_ms=_joined_ms(callees),
        callee_away_ms=_away_since(callees),
        people_joined_ms=_joined_ms(found.people),
        deserted_ms=deserted_ms,
        deserted_on_purpose=deserted_ms is not None and all(why is LeftWhy.ON_PURPOSE for why in last),
    )


def _joined_ms(stays: Sequence[Presence]) -> int | None:
    return earliest(*(stay.joined_at_ms for stay in stays))


def _lifecycle(call: Call, found: Parties) -> Call:
    """The fold: what happened to the call, in the order in which it happened."""
    rules = RULES[call.call_type]
    hung_up, connected = rules.hung_up(found), rules.met_ms(found)
    happened: list[tuple[int, int, CallEvent]] = []
    if call.opened_at_ms is not None:
        happened.append((call.opened_at_ms, 0, RoomOpened()))
    if connected is not None:
        happened.append((connected, 1, PartiesPresent()))
    if hung_up is not None:
        happened.append((hung_up[0], 2, Ended(hung_up[1])))
    status = CallState.PENDING
    for _, _, event in sorted(happened, key=lambda item: item[:2]):
        status = next_state(status, event)
    reached = connected is not None and (hung_up is None or connected <= hung_up[0])
    return replace(
        call,
        status=status,
        connected_at_ms=connected if reached else None,
        ended_at_ms=None if hung_up is None else hung_up[0],
        end_reason=None if hung_up is None else hung_up[1],
    )


def _away_since(stays: Sequence[Presence]) -> int | None:
    if any(stay.left_at_ms is None for stay in stays):
        return None
    return max((stay.left_at_ms for stay in stays if stay.left_at_ms is not None), default=None)


def _ended_with_its_room(stay: Presence, current: Room | None, rooms: Iterable[Room]) -> Presence:
    """After a crash of the media server nobody says that those in the old incarnation of the room have left it."""
    if current is None or stay.left_at_ms is not None:
        return stay
    own = next((room for room in rooms if room.room_sid == stay.room_sid), None)
    if own is None or own.room_sid == current.room_sid:
        return stay
    return replace(stay, left_at_ms=own.finished_ms or current.created_ms, left_why=LeftWhy.LOST)


def _agent(call: Call) -> Call:
    if call.agent_state is None:
        return call
    state = call.agent_state
    if call.agent_joined_ms is not None and call.agent_gone_ms is None:
        state = next_agent_state(state, AgentEvent.JOINED)
    if call.is_final:
        state = next_agent_state(state, AgentEvent.GONE)
    return replace(call, agent_state=state)
