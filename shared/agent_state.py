"""The life of a call's AI agent, as the API sees it. A table like `shared.call_state`, with the same rules.

``pending``: dispatched, no worker has claimed the call. ``claimed``: a worker has it and is joining the room (to
clients still ``pending``). ``active``: in the room, its model session is ready. ``disconnected``: gone.
A call without an agent has no agent state at all (``None``).
"""

from __future__ import annotations

from enum import StrEnum


class AgentState(StrEnum):
    PENDING = "pending"
    CLAIMED = "claimed"
    ACTIVE = "active"
    DISCONNECTED = "disconnected"


class AgentEvent(StrEnum):
    REQUESTED = "requested"
    CLAIMED = "claimed"
    JOINED = "joined"
    GONE = "gone"


_S, _E = AgentState, AgentEvent

TRANSITIONS: dict[tuple[AgentState, AgentEvent], AgentState] = {
    # A second request for an agent that is on its way or there changes nothing.
    (_S.PENDING, _E.REQUESTED): _S.PENDING,
    (_S.CLAIMED, _E.REQUESTED): _S.CLAIMED,
    (_S.ACTIVE, _E.REQUESTED): _S.ACTIVE,
    (_S.DISCONNECTED, _E.REQUESTED): _S.PENDING,
    (_S.PENDING, _E.CLAIMED): _S.CLAIMED,
    # Claims are compare-and-set on the row; one that comes when somebody has the call is the loser's.
    (_S.CLAIMED, _E.CLAIMED): _S.CLAIMED,
    (_S.ACTIVE, _E.CLAIMED): _S.ACTIVE,
    (_S.DISCONNECTED, _E.CLAIMED): _S.DISCONNECTED,
    # A webhook may tell of the agent in the room before the worker's own report has arrived.
    (_S.PENDING, _E.JOINED): _S.PENDING,
    (_S.CLAIMED, _E.JOINED): _S.ACTIVE,
    (_S.ACTIVE, _E.JOINED): _S.ACTIVE,
    (_S.DISCONNECTED, _E.JOINED): _S.DISCONNECTED,
    (_S.PENDING, _E.GONE): _S.DISCONNECTED,
    (_S.CLAIMED, _E.GONE): _S.DISCONNECTED,
    (_S.ACTIVE, _E.GONE): _S.DISCONNECTED,
    (_S.DISCONNECTED, _E.GONE): _S.DISCONNECTED,
}


def next_agent_state(state: AgentState, event: AgentEvent) -> AgentState:
    """The state after `event`; total over (state, event)."""
    return TRANSITIONS[state, event]


def public_status(state: AgentState | None) -> str | None:
    """What the HTTP contract shows: ``pending``, ``active``, ``disconnected``, or None for a call without agent."""
    if state is None:
        return None
    return "pending" if state is AgentState.CLAIMED else state.value
