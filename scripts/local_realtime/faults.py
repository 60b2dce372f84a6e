"""Which faults of a script apply to a session, and when. Pure; misbehaviour.py carries them out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from scripts.local_realtime.script import (
    AnyFault,
    BreakOff,
    CallTool,
    Delay,
    FailResponse,
    Match,
    NoResponse,
    RefuseTranscription,
    RefuseUpdate,
)

ANSWER_FAULTS: Final = (Delay, NoResponse, FailResponse, BreakOff, CallTool)
"""These change an answer; all others happen to the connection."""


@dataclass
class Caller:
    """What is known of a session when a fault looks at it."""

    connection: int
    """The n-th of the script, from 1."""
    model: str
    query: Mapping[str, str] = field(default_factory=dict)
    instructions: str = ""
    """None were given yet while this is empty."""


def matches(match: Match, caller: Caller) -> bool:
    """Whether all given conditions hold."""
    return (
        match.connection in (None, caller.connection)
        and match.model in (None, caller.model)
        and all(caller.query.get(name) == value for name, value in match.query.items())
        and (match.instructions is None or match.instructions in caller.instructions)
    )


@dataclass
class TurnPlan:
    """The faults of one turn."""

    now: list[AnyFault] = field(default_factory=list)
    """To the connection, when the turn ends."""
    delay_ms: int = 0
    no_response: bool = False
    failure: FailResponse | None = None
    break_off: BreakOff | None = None
    tool: CallTool | None = None


class FaultBook:
    """All faults of a loaded script, and how often each has happened in the server."""

    def __init__(self, faults: Iterable[AnyFault]) -> None:
        self.faults = tuple(faults)
        self._happened: dict[int, int] = {}

    def take(self, fault: AnyFault) -> bool:
        """Count one occurrence. False when it has happened often enough."""
        done = self._happened.get(id(fault), 0)
        if fault.times is not None and done >= fault.times:
            return False
        self._happened[id(fault)] = done + 1
        return True


class SessionFaults:
    """The faults of one session. Every fault that it returns is counted as happened.

    ``connected`` is for a session that was open before the script came: no faults at connect.
    """

    def __init__(self, book: FaultBook, caller: Caller, connected: bool = False) -> None:
        self._book = book
        self.caller = caller
        self._connected = {id(fault) for fault in book.faults} if connected else set[int]()
        self._plans: dict[int, TurnPlan] = {}

    def at_connect(self) -> list[AnyFault]:
        """Faults of the start. Call again when the instructions become known: each comes once."""
        found: list[AnyFault] = []
        for fault in self._book.faults:
            if isinstance(fault, RefuseUpdate | RefuseTranscription):
                continue  # they happen to updates
            if fault.at_connect and id(fault) not in self._connected and self._applies(fault):
                self._connected.add(id(fault))
                found.append(fault)
        return found

    def refusing(self, has_transcription: bool) -> RefuseUpdate | RefuseTranscription | None:
        """The fault that a ``session.update`` meets, if any."""
        for fault in self._book.faults:
            meets = isinstance(fault, RefuseUpdate) or (isinstance(fault, RefuseTranscription) and has_transcription)
            if meets and isinstance(fault, RefuseUpdate | RefuseTranscription) and self._applies(fault):
                return fault
        return None

    def timed(self) -> Iterator[tuple[float, AnyFault]]:
        """Faults with a second. Whether one applies is asked with ``applies_now`` when it is due."""
        for fault in self._book.faults:
            if fault.at_second is not None:
                yield fault.at_second, fault

    def applies_now(self, fault: AnyFault) -> bool:
        """Whether a timed fault is for this session."""
        return self._applies(fault)

    def plan(self, turn: int) -> TurnPlan:
        """The faults of a turn, the same at every call. Turn 0, what the client asks for, is planned anew."""
        if turn and turn in self._plans:
            return self._plans[turn]
        plan = TurnPlan()
        for fault in self._book.faults:
            if fault.holds_for_turn(turn) and self._applies(fault):
                add_to_plan(plan, fault)
        self._plans[turn] = plan
        return plan

    def _applies(self, fault: AnyFault) -> bool:
        return matches(fault.match, self.caller) and self._book.take(fault)


def add_to_plan(plan: TurnPlan, fault: AnyFault) -> None:
    """Put a fault where it belongs in a plan."""
    match fault:
        case Delay():
            plan.delay_ms += fault.ms
        case NoResponse():
            plan.no_response = True
        case FailResponse():
            plan.failure = fault
        case BreakOff():
            plan.break_off = fault
        case CallTool():
            plan.tool = fault
        case _:
            plan.now.append(fault)
