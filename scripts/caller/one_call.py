"""One call from asking for it to its record."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from scripts.caller.api import FINAL, OpenedCall, VoiceApi
from scripts.caller.conversation import Conversation, Line, Manners
from scripts.caller.phone import OnCaption, Phone
from scripts.caller.problem import CallerProblem
from scripts.caller.report import CallResult, Turn
from shared.call_state import EndReason
from shared.clock import Clock

RECORD_WITHIN_S = 30.0
"""How long the API may take to know that a call is over."""


class Door(Protocol):
    """Where a call comes from: the API, or a room without a model."""

    async def open(self) -> OpenedCall: ...

    async def record(self, call: OpenedCall) -> dict[str, Any]:
        """After the caller has hung up."""
        ...


class ApiDoor:
    def __init__(self, api: VoiceApi, wishes: dict[str, Any]) -> None:
        self._api = api
        self._wishes = wishes

    async def open(self) -> OpenedCall:
        return await self._api.open_call(self._wishes)

    async def record(self, call: OpenedCall) -> dict[str, Any]:
        return await self._api.final_record(call, RECORD_WITHIN_S)


class Observer:
    """What is told while the call runs; this one says nothing."""

    def on_open(self, call: OpenedCall) -> None: ...

    def on_agent(self, joined_ms: int) -> None: ...

    def on_turn(self, turn: Turn) -> None: ...

    def on_end(self, *, by_caller: bool, reason: str | None) -> None:
        """`reason` is what the room was told."""

    on_caption: OnCaption = staticmethod(lambda _caption, _words, _closed: None)


async def place_call(
    door: Door,
    lines: Callable[[], Iterable[Line]],
    clock: Clock,
    *,
    user_id: str = "",
    manners: Manners | None = None,
    observer: Observer | None = None,
) -> CallResult:
    """Never raises for what the system did: that stands in the result's `problems`."""
    result = CallResult(user_id)
    try:
        await _place(door, lines, clock, result, manners or Manners(), observer or Observer())
    except CallerProblem as problem:
        result.problems.append(str(problem))
    return result


async def _place(
    door: Door,
    lines: Callable[[], Iterable[Line]],
    clock: Clock,
    result: CallResult,
    manners: Manners,
    observer: Observer,
) -> None:
    asked_s = clock.monotonic_s()
    call = await door.open()
    result.call_id, result.room_name = call.call_id, call.room_name
    observer.on_open(call)
    phone = Phone(clock, observer.on_caption)
    conversation = Conversation(phone, manners, observer.on_turn)
    try:
        await phone.join(call.livekit_url, call.token)
        if not await _agent_comes(phone, manners):
            result.problems.append("no agent came")
        else:
            result.agent_joined_ms = round(((phone.agent_heard_s or asked_s) - asked_s) * 1000)
            observer.on_agent(result.agent_joined_ms)
            await conversation.hear_greeting()
            await conversation.say_all(lines())
    except CallerProblem as problem:
        result.problems.append(str(problem))
    finally:
        cut_off = phone.over.is_set()
        observer.on_end(by_caller=not cut_off, reason=phone.told_reason)
        await phone.hang_up()
    result.turns, result.sounds = conversation.turns(), phone.hearing.count
    result.problems += _problems_of_cut_off(result.turns, phone.told_reason) if cut_off else _unanswered(result.turns)
    result.record = await door.record(call)
    if result.record.get("status") not in FINAL:
        result.problems.append(f"{RECORD_WITHIN_S:.0f} s after its end the call is still {result.record.get('status')}")


def _unanswered(turns: list[Turn]) -> list[str]:
    return [f"no answer to {turn.said!r}" for turn in turns if turn.response_ms is None]


def _problems_of_cut_off(turns: list[Turn], reason: str | None) -> list[str]:
    """Of a call that the other side ended: what was being said then is no fault, unless nobody wanted that end."""
    if reason == EndReason.AGENT_HUNG_UP:
        return _unanswered(turns[:-1])
    return [*_unanswered(turns[:-1]), f"the room was closed before the caller was done: {reason or 'no reason told'}"]


async def _agent_comes(phone: Phone, manners: Manners) -> bool:
    here = asyncio.ensure_future(phone.agent_here.wait())
    over = asyncio.ensure_future(phone.over.wait())
    await asyncio.wait({here, over}, timeout=manners.agent_within_s, return_when=asyncio.FIRST_COMPLETED)
    here.cancel()
    over.cancel()
    return phone.agent_here.is_set()
