"""What a client may change in a call: its status (mostly: that it is over), its agent, its metadata."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from control_api.access import find_to_change
from control_api.agent_epochs import without_agent
from control_api.call_facts import end
from control_api.ports import CallStore, CallTx, Closer, SignedIn
from control_api.records import Call
from control_api.services.agents import AgentRequest, Agents
from control_api.services.record import save_if_changed, settle_and_save
from shared.agent_state import public_status
from shared.call_state import FINAL_STATES, CallState, EndReason
from shared.clock import Clock
from shared.errors import Errors, VoiceError
from shared.ids import RoomName
from shared.log import get_logger

log = get_logger(__name__)

_ORDER = {CallState.PENDING: 0, CallState.RINGING: 1, CallState.CONNECTED: 2} | dict.fromkeys(FINAL_STATES, 3)


@dataclass(frozen=True, slots=True)
class Change:
    status: CallState | None = None
    agent_status: str | None = None
    metadata: Mapping[str, Any] | None = field(default=None, repr=False)


class CallChanger:
    def __init__(self, store: CallStore, agents: Agents, closer: Closer, clock: Clock) -> None:
        self._store = store
        self._agents = agents
        self._closer = closer
        self._clock = clock

    async def change(self, user: SignedIn, room_name: RoomName, change: Change) -> Call:
        """Raises `VoiceError`; then nothing of the change was made."""
        now_ms = self._clock.now_ms()
        if change.agent_status == "pending":
            # Whatever refuses the rest of the change must do so before an agent is on its way.
            await self._store.read(lambda tx: _changed(find_to_change(tx, user, room_name), user, change, now_ms))
            await self._agents.spawn(user, room_name, AgentRequest())

        def use_case(tx: CallTx) -> tuple[Call, Call]:
            before = find_to_change(tx, user, room_name)
            changed = _changed(before, user, change, now_ms)
            has_lost_agent = before.has_agent and not changed.has_agent and not changed.is_final
            save = settle_and_save if has_lost_agent else save_if_changed
            return before, save(tx, before, changed)

        before, call = await self._store.write(use_case)
        if call.is_final and not before.is_final:
            log.info("call ended", call_id=call.id, status=call.status.value, end_reason=call.end_reason)
            self._closer.close_soon([call])
        elif before.has_agent and not call.has_agent:
            self._closer.remove_agent_soon(call)
        return call

    async def change_agent(self, user: SignedIn, room_name: RoomName, agent_status: str) -> Call:
        """As `change`; a call that has no agent has none that could become what is asked."""
        if agent_status == "disconnected":
            return await self._agents.remove(user, room_name)
        return await self.change(user, room_name, Change(agent_status=agent_status))

    async def end(self, user: SignedIn, room_name: RoomName) -> Call:
        """A call that had ended before is answered as it ended."""
        return await self.change(user, room_name, Change(status=CallState.COMPLETED))


def _changed(call: Call, user: SignedIn, change: Change, now_ms: int) -> Call:
    if change.agent_status is not None:
        call = _with_agent_status(call, change.agent_status, now_ms)
    if change.metadata is not None:
        call = replace(call, metadata=change.metadata)
    return call if change.status is None else _with_status(call, user, change.status, now_ms)


def _with_status(call: Call, user: SignedIn, asked: CallState, now_ms: int) -> Call:
    """The state it is in, or one already passed, changes nothing; a final one ends the call, whichever it is: how it
    ended is what happened, not what was asked."""
    if _ORDER[asked] <= _ORDER[call.status]:
        return call
    if asked not in FINAL_STATES:
        raise VoiceError(
            Errors.STATE_CONFLICT,
            f"The call is {call.status.value}; it becomes {asked.value} by itself.",
            current=call.status.value,
        )
    is_declined = user.user_id == call.callee_id and call.connected_at_ms is None
    return end(call, EndReason.DECLINED if is_declined else EndReason.ENDED_BY_API, now_ms)


def _with_agent_status(call: Call, asked: str, now_ms: int) -> Call:
    current = public_status(call.agent_state)
    if asked == "active" and current != asked:
        raise VoiceError(Errors.STATE_CONFLICT, "The agent is not active.", current=current)
    if asked == "disconnected" and not call.is_final:
        return without_agent(call, now_ms, is_removed=True)
    return call
