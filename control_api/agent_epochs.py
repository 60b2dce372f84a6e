"""The agents that a call is given, one after the other: each has an epoch. Pure.

All agents of a call share one identity. What says which of them a claim, a report or a heartbeat means is the epoch,
which only grows; so whatever an earlier one still says can be told apart.
"""

from __future__ import annotations

from dataclasses import replace

from control_api.records import Call
from shared.agent_state import AgentEvent, AgentState, next_agent_state
from shared.ids import agent_identity


def with_new_agent(call: Call, now_ms: int) -> Call:
    """The call, with an agent on its way; the same call when it has one."""
    if call.has_agent:
        return call
    former = call.former_agents
    if call.agent_joined_ms is not None:
        former = (*former, (call.agent_joined_ms, call.agent_gone_ms or now_ms))
    return replace(
        call,
        agent_state=AgentState.PENDING if call.agent_state is None else _after(call, AgentEvent.REQUESTED),
        agent_identity=agent_identity(call.id),
        agent_epoch=call.last_epoch + 1,
        agent_worker_id=None,
        agent_job_id=None,
        agent_requested_ms=now_ms,
        agent_dispatched_ms=now_ms,
        agent_dispatches=1,
        agent_claimed_ms=None,
        agent_joined_ms=None,
        agent_gone_ms=None,
        former_agents=former,
    )


def without_agent(call: Call, now_ms: int, *, is_removed: bool) -> Call:
    """The call, which goes on without its agent. `is_removed`: it is meant to; else the agent was lost or left."""
    if not call.has_agent:
        return call
    removed_ms, gone_ms = call.agent_removed_ms, call.agent_gone_ms or now_ms
    return replace(
        call,
        agent_state=_after(call, AgentEvent.GONE),
        agent_gone_ms=max(gone_ms, call.agent_joined_ms or gone_ms),
        agent_removed_ms=now_ms if is_removed and removed_ms is None else removed_ms,
    )


def with_next_agent(call: Call, now_ms: int) -> Call:
    """The call, whose agent was lost, with another one on its way in its place."""
    if not call.has_agent:
        return call
    renewed = with_new_agent(without_agent(call, now_ms, is_removed=False), now_ms)
    return replace(renewed, recovered_ms=(*call.recovered_ms, now_ms))


def left_without_leave(call: Call, at_ms: int) -> Call:
    """The call, whose agent says that it is out of the room although nobody asked it to go. The call still is to have
    one: the upkeep sees to it."""
    if not call.has_agent or call.agent_gone_ms is not None:
        return call
    return replace(call, agent_gone_ms=max(at_ms, call.agent_joined_ms or at_ms))


def active_s(call: Call, now_ms: int) -> int:
    """For how many whole seconds agents were in the call, all of them together."""
    spans = list(call.former_agents)
    if call.agent_joined_ms is not None:
        until_ms = call.agent_gone_ms or call.ended_at_ms or now_ms
        spans.append((call.agent_joined_ms, until_ms))
    return sum(max(0, gone_ms - joined_ms) for joined_ms, gone_ms in spans) // 1000


def _after(call: Call, event: AgentEvent) -> AgentState | None:
    return None if call.agent_state is None else next_agent_state(call.agent_state, event)
