"""What must be done so that the record is true and stays so: the one place that decides it. Pure.

Once a second `control_api.upkeep.loop` gathers what can be seen (`Seen`), asks `plan`, and does what it says. Nothing
here remembers anything, so the same view always gives the same plan, and a plan that was carried out by half is
simply made again.

Four rules keep it from ending calls that are well:

- Silence is judged only by somebody who can hear. While LiveKit cannot be reached, nothing follows from a room or a
  person that is not seen; they count as missing from the first look that misses them. While the API has just started,
  or was itself held up, no worker is dead (`Seen.hears_workers`).
- Absence of a person needs a fresh look into the room (`Seen.looked_ms`), because webhooks may have been lost.
- An agent that is lost is replaced, and the call ends only when that does not help.
- Whose absence ends which call is in `absence`, what becomes of rooms in `media`, of agents in `agents`, and what the
  limits of time are in `time_limits`, all of `control_api.upkeep`.
"""

from __future__ import annotations

from collections.abc import Iterator

from control_api.records import Call
from control_api.upkeep import absence, agents, media, time_limits
from control_api.upkeep.actions import (
    Action,
    CloseRoom,
    Dispatch,
    DropAgent,
    EndCall,
    LookInside,
    MakeRoomAgain,
    ReplaceAgent,
)
from control_api.upkeep.view import Seen
from shared.agent_state import AgentState
from shared.call_state import EndReason

OPENING_S = 15
"""A row that is still pending then belongs to a request that died (it has 2.5 s)."""
CLOSE_AGAIN_S = 2


def plan(seen: Seen) -> list[Action]:
    actions: list[Action] = [*agents.for_workers(seen)]
    for call in seen.open_calls:
        reason = why_over(call, seen)
        actions += [EndCall(call.id, reason)] if reason is not None else _to_keep_going(call, seen)
    if seen.rooms is not None:
        actions += [CloseRoom(call) for call in seen.unclosed if seen.age_s(call.ended_at_ms) >= CLOSE_AGAIN_S]
    return [*actions, *media.strays(seen)]


def why_over(call: Call, seen: Seen) -> EndReason | None:
    """The reason for which this open call must end now; of several, the one that says most."""
    if call.opened_at_ms is None:
        return EndReason.INTERNAL_ERROR if seen.age_s(call.created_at_ms) >= OPENING_S else None
    return media.why_over(call, seen) or _agent(call, seen) or _people(call, seen) or time_limits.why_over(call, seen)


def _agent(call: Call, seen: Seen) -> EndReason | None:
    """Only a call that is nothing without its agent ends with it; others go on without (`DropAgent`)."""
    if not call.depends_on_agent:
        return None
    return EndReason.AGENT_LOST if call.agent_state is AgentState.DISCONNECTED else agents.given_up(call, seen)


def _people(call: Call, seen: Seen) -> EndReason | None:
    return absence.why_over(absence.View(call, seen.limits, seen.now_ms, media.fresh_look_ms(call, seen)))


def _to_keep_going(call: Call, seen: Seen) -> Iterator[Action]:
    if agents.given_up(call, seen) is not None:
        yield DropAgent(call)
    elif (why := agents.why_to_be_replaced(call, seen)) is not None:
        yield ReplaceAgent(call, why)
    elif agents.is_dispatch_due(call, seen):
        yield Dispatch(call)
    if media.is_room_missing(call, seen):
        yield MakeRoomAgain(call)
    room_sid = None if seen.rooms is None else seen.rooms.sids.get(call.media_room)
    if room_sid is not None and media.is_look_due(call, seen):
        yield LookInside(call, room_sid)
