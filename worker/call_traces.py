"""A worker's part of a call's trace: each agent from its claim to its end, and what it did (`shared.traces`)."""

from __future__ import annotations

from shared.call_report import AgentGone, AgentJoined, CallEnded, Happened, ReportEvent, Turn
from shared.call_spec import JobRole
from shared.clock import Clock
from shared.traces import Attributes, Tell, Traces
from shared.worker_link import HeldCall


class CallTraces:
    def __init__(self, traces: Traces, clock: Clock) -> None:
        self._traces = traces
        self._clock = clock
        self._agents: dict[HeldCall, tuple[int, dict[str, str]]] = {}
        """Since when each agent is here, and how it ends."""

    def claimed(self, held: HeldCall) -> None:
        self._agents[held] = self._clock.now_ms(), {}

    def of(self, held: HeldCall) -> Tell:
        """For what hangs on this agent."""
        return self._traces.of_agent(held.call_id, held.epoch)

    def reported(self, held: HeldCall, event: ReportEvent) -> None:
        """What a call tells the API, as it is told."""
        if held not in self._agents:
            return
        now_ms = self._clock.now_ms()
        since_ms, ends = self._agents[held]
        match event:
            case AgentJoined():
                self.of(held)("join", since_ms, now_ms, {})
            case Turn():
                began_ms = now_ms - event.played_ms - (event.response_ms or 0)
                self.of(held)("turn", began_ms, now_ms, _facts(event))
            case Happened():
                self.of(held)(event.kind.value, now_ms, now_ms, {"voice.detail": event.detail or ""})
            case CallEnded():
                ends["voice.end_reason"] = event.reason.value
            case AgentGone():
                ends["voice.gone_why"] = event.why.value
            case _:
                pass

    def over(self, held: HeldCall, role: JobRole, model: str) -> None:
        since_ms, ends = self._agents.pop(held)
        facts = {"voice.role": role.value, "voice.model": model, **ends}
        self._traces.agent(held.call_id, held.epoch, since_ms, self._clock.now_ms(), facts)


def _facts(turn: Turn) -> Attributes:
    facts = {"voice.turn": turn.turn, "voice.interrupted": turn.interrupted, "voice.played_ms": turn.played_ms}
    return facts if turn.response_ms is None else {**facts, "voice.response_ms": turn.response_ms}
