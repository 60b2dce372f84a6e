"""Bringing an agent into a call: the first time, again because nobody came, or in the place of one that was lost.

All agents of a call have one identity. LiveKit puts out whoever has it when somebody else joins with it, and a
newcomer goes down with a dead one whose connection times out (measured on 1.13.5): so the former one is taken out of
the room first. What a dispatch is worth, only its claim says, and claims are decided in the store; so dispatching once
too often does no harm.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from control_api.agent_epochs import with_next_agent
from control_api.ports import CallStore, CallTx, LiveKitGateway
from control_api.records import Call
from control_api.services.close_call import CallCloser
from control_api.services.record import save_if_changed, settle_and_save
from control_api.services.room_locks import RoomLocks
from shared.agent_state import AgentState
from shared.call_spec import CallSpec, JobRole
from shared.clock import Clock
from shared.ids import AGENT_NAME
from shared.log import get_logger
from shared.room_signals import AGENT_LOST_TOPIC, agent_lost

log = get_logger(__name__)

COPIES = 3
"""Dispatches of one replacement. LiveKit offers a job to workers at random, and waits for a wedged one in vain."""
AT_ONCE = 16
"""Replacements under way; others wait their turn: a worker that dies takes all its calls with it."""


class AgentBringer:
    def __init__(
        self, store: CallStore, gateway: LiveKitGateway, closer: CallCloser, locks: RoomLocks, clock: Clock
    ) -> None:
        self._store = store
        self._gateway = gateway
        self._closer = closer
        self._locks = locks
        self._clock = clock
        self._at_once = asyncio.Semaphore(AT_ONCE)

    async def replace(self, lost: Call, why: str) -> None:
        """Give the call, which has lost its agent, the agent of the next epoch; nothing happens when it has it already.
        Raises `LiveKitRefused` or `LiveKitUnavailable` with the call still waiting for that agent: the upkeep goes on
        from there."""
        now_ms = self._clock.now_ms()
        call = await self._store.write(lambda tx: _renew(tx, lost, why, now_ms))
        if call is None:
            return
        log.warning(
            "agent lost, replacing it",
            call_id=call.id,
            epoch=call.agent_epoch,
            why=why,
            recoveries=len(call.recovered_ms),
        )
        self._closer.say_soon(call, AGENT_LOST_TOPIC, agent_lost(call.id))
        async with self._at_once:
            async with self._locks.hold(call.media_room):
                await dispatch_next(self._gateway, call, copies=COPIES)
            await self._gateway.withdraw_dispatches(call.media_room, agent_name=AGENT_NAME, keep=_wanted(call))

    async def again(self, waiting: Call) -> None:
        """Nobody has claimed it yet. Raises as `replace`."""
        now_ms = self._clock.now_ms()
        call = await self._store.write(lambda tx: _mark_dispatched(tx, waiting, now_ms))
        if call is None:
            return
        log.info("dispatching again", call_id=call.id, epoch=call.agent_epoch, dispatches=call.agent_dispatches)
        async with self._at_once, self._locks.hold(call.media_room):
            if call.agent_epoch > 1 and await self._is_former_there(call):
                await dispatch_next(self._gateway, call, copies=COPIES if call.takes_over else 1)
            else:
                await _dispatch(self._gateway, call, copies=COPIES if call.takes_over else 1)

    async def _is_former_there(self, call: Call) -> bool:
        """The one that is on its way may be there by now, and must stay."""
        there = await self._gateway.list_participants(call.media_room)
        agents = [one.joined_ms for one in there if one.identity == call.agent_identity]
        return any(joined_ms < (call.agent_requested_ms or 0) for joined_ms in agents)


async def dispatch_next(gateway: LiveKitGateway, call: Call, *, copies: int = 1) -> None:
    """Dispatch the agent of this epoch, of whom nobody has come yet, to a room that its predecessor may still be in."""
    if call.agent_epoch > 1 and call.agent_identity is not None:
        await gateway.remove_participant(call.media_room, call.agent_identity)
    await _dispatch(gateway, call, copies=copies)


async def _dispatch(gateway: LiveKitGateway, call: Call, *, copies: int) -> None:
    ask = [gateway.dispatch(call.media_room, agent_name=AGENT_NAME, metadata=_metadata(call)) for _ in range(copies)]
    answers = await asyncio.gather(*ask, return_exceptions=True)
    problems = [answer for answer in answers if isinstance(answer, BaseException)]
    if len(problems) == copies:
        raise problems[0]


def _metadata(call: Call) -> str:
    return CallSpec(call.id, call.room_name, call.agent_epoch).to_metadata()


def _wanted(call: Call) -> set[str]:
    """The dispatches that must stay: its own, and that of the recorder that hears the call meanwhile."""
    wanted = {_metadata(call)}
    if call.recorder is not None and call.recorder.gone_ms is None:
        wanted.add(CallSpec(call.id, call.room_name, call.recorder.epoch, JobRole.RECORDER).to_metadata())
    return wanted


def _renew(tx: CallTx, lost: Call, why: str, now_ms: int) -> Call | None:
    before = tx.call(lost.id)
    if before is None or before.is_final or before.agent_epoch != lost.agent_epoch or not before.has_agent:
        return None
    return settle_and_save(tx, before, with_next_agent(before, now_ms), why_lost=why)


def _mark_dispatched(tx: CallTx, waiting: Call, now_ms: int) -> Call | None:
    before = tx.call(waiting.id)
    if before is None or before.is_final or before.agent_epoch != waiting.agent_epoch:
        return None
    if before.agent_state is not AgentState.PENDING:
        return None
    again = replace(before, agent_dispatched_ms=now_ms, agent_dispatches=before.agent_dispatches + 1)
    return save_if_changed(tx, before, again)
