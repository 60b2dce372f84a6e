"""Gives one response its content, or fails to, as the script wants."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from scripts.local_realtime.error_codes import service_error
from scripts.local_realtime.faults import TurnPlan
from scripts.local_realtime.mind import Mind
from scripts.local_realtime.misbehaviour import Victim
from scripts.local_realtime.reply import Reply, ToolCall
from scripts.local_realtime.response import Response
from scripts.local_realtime.script import BreakOff, CallTool
from scripts.local_realtime.session import Session
from scripts.local_realtime.speaking import send_reply
from scripts.local_realtime.work import Answer


@dataclass
class ToolLoop:
    """A function that is called again each time its result comes back."""

    fault: CallTool | None = None
    left: int = 0

    def begin(self, fault: CallTool) -> None:
        """A turn triggers it."""
        self.fault, self.left = fault, fault.repeat

    def next_reply(self, session: Session, work: Answer) -> Reply | None:
        """The next call, when one is due."""
        if self.fault is None or self.left == 0:
            return None
        items = session.conversation.items
        returned = bool(items) and items[-1].wire.get("type") == "function_call_output"
        if self.left < self.fault.repeat and not (work.turn is None and returned):
            return None
        calls = self.left if self.fault.together else 1
        self.left -= calls
        return Reply(calls=(ToolCall(self.fault.name, self.fault.arguments),) * calls)


async def give_content(
    victim: Victim, mind: Mind, response: Response, work: Answer, plan: TurnPlan, tools: ToolLoop
) -> None:
    """Send a response's content and finish it."""
    session = victim.session
    if plan.delay_ms:
        await asyncio.sleep(plan.delay_ms / 1000)
    if plan.failure is not None:
        error = service_error(plan.failure.code, plan.failure.type, plan.failure.message)
        session.fail(response.id, error.type, error.code, error.message)
        await victim.flush()
        return
    if plan.tool is not None:
        tools.begin(plan.tool)
    reply = tools.next_reply(session, work) or await mind.reply(session, response, work)
    stop_after_ms = None if plan.break_off is None else float(plan.break_off.after_ms)
    whole = await send_reply(session, response, reply, victim.flush, mind.pace, stop_after_ms)
    if whole:
        session.finish(response.id, "completed")
    elif plan.break_off is not None:
        await _break_off(victim, response, plan.break_off)
    else:
        _end_incomplete(session, response)
    await victim.flush()


def _end_incomplete(session: Session, response: Response) -> None:
    session.finish(response.id, "incomplete", {"type": "incomplete", "reason": "max_output_tokens"})


async def _break_off(victim: Victim, response: Response, fault: BreakOff) -> None:
    match fault.then:
        case "hang":
            return
        case "failed":
            victim.session.fail(response.id, *service_error("server_error"))
        case "incomplete":
            _end_incomplete(victim.session, response)
        case "close":
            await victim.wire.close(1011, "internal error")
        case "reset":
            victim.wire.reset()
