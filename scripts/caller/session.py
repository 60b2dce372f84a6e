"""One run of the command: a single call on a live screen, or many calls and a table, with or without the floor."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, TextIO

import aiohttp
import psutil

from scripts.caller import screen
from scripts.caller.conversation import Line
from scripts.caller.floor.rooms import floor_door
from scripts.caller.many import Measured, at_once, in_turns
from scripts.caller.one_call import ApiDoor, Door, place_call
from scripts.caller.plans import Plan, plan
from scripts.caller.report import CallResult, Summary
from scripts.caller.target import Target, new_user_id
from shared.clock import Clock, SystemClock


@dataclass(frozen=True, slots=True)
class Options:
    lines: tuple[Line, ...]
    calls: int
    seconds: float | None
    floor_rounds: int
    """0: the floor is not measured."""
    session: Mapping[str, Any]
    """Members of the request that opens a call."""
    out: TextIO
    """For people."""


@dataclass(frozen=True, slots=True)
class Outcome:
    measured: Measured
    single: bool

    @property
    def failed(self) -> bool:
        return any(result.failed for result in (*self.measured.calls, *self.measured.floor))

    def to_json(self) -> dict[str, Any]:
        if self.single:
            return self.measured.calls[0].to_json()
        calls, floor = self.measured.summaries()
        document: dict[str, Any] = {
            "calls": [result.to_json() for result in self.measured.calls],
            "summary": calls.to_json(),
        }
        if self.measured.floor:
            document["floor"] = floor.to_json()
            document["excessMs"] = screen.excess(calls, floor)
            document["rounds"] = [
                {"summary": one.to_json(), "floor": other.to_json()} for one, other in self.measured.rounds
            ]
        return document


async def run(target: Target, options: Options) -> Outcome:
    """Raises `CallerProblem` for what no call can be blamed for."""
    caller = _Caller(target, options, SystemClock())
    async with AsyncExitStack() as stack:
        caller.http = await stack.enter_async_context(aiohttp.ClientSession())
        if options.calls == 1 and not options.floor_rounds:
            return Outcome(Measured(calls=[await caller.single()]), single=True)
        if not options.floor_rounds:
            measured = Measured(calls=await at_once(caller.by_api, options.calls, caller.clock))
        else:
            psutil.cpu_percent()  # from here on it is counted
            caller.floor = await stack.enter_async_context(floor_door(target.livekit(caller.http), target.script))
            measured = await in_turns(
                caller.by_api, caller.without_model, options.calls, options.floor_rounds, caller.clock, caller.tell
            )
    caller.show(measured)
    return Outcome(measured, single=False)


class _Caller:
    http: aiohttp.ClientSession
    floor: Door

    def __init__(self, target: Target, options: Options, clock: Clock) -> None:
        self.clock = clock
        self._target = target
        self._options = options

    def say(self, text: str) -> None:
        print(text, file=self._options.out, flush=True)

    def tell(self, name: str, summary: Summary) -> None:
        """With how busy the machine was: near 100 % it is the queue for a processor that is measured."""
        self.say(f"{screen.summary_text(summary, name)}; machine {psutil.cpu_percent():.0f} % busy")

    async def single(self) -> CallResult:
        user_id = new_user_id()
        observer = screen.LiveScreen(self._options.out)
        result = await place_call(self._door(user_id), self._plan(0), self.clock, user_id=user_id, observer=observer)
        self.say(screen.record_text(result))
        return result

    async def by_api(self, index: int) -> CallResult:
        user_id = new_user_id()
        return await place_call(self._door(user_id), self._plan(index), self.clock, user_id=user_id)

    async def without_model(self, index: int) -> CallResult:
        return await place_call(self.floor, self._plan(index), self.clock, user_id=f"floor-{index}")

    def show(self, measured: Measured) -> None:
        calls, floor = measured.summaries()
        self.say(screen.table([*measured.calls, *measured.floor]))
        self.say(screen.summary_text(calls))
        if measured.floor:
            self.say(screen.summary_text(floor, "without a model: "))
            self.say(screen.excess_text(calls, floor))

    def _door(self, user_id: str) -> Door:
        return ApiDoor(self._target.api_for(user_id, self.http, self.clock), dict(self._options.session))

    def _plan(self, index: int) -> Plan:
        return plan(self._options.lines, self._options.seconds, self.clock, index)
