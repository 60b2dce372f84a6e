"""The API's part of a call's trace, told when the call is over, from what its log says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from control_api import call_events as e
from control_api.ports import CallStore
from control_api.records import Call
from shared.traces import Traces

MAX_EVENTS = 1000
"""Of a longer call the newest count: its end is in them, and its beginning stands in its row."""


class CallTraces:
    def __init__(self, store: CallStore, traces: Traces) -> None:
        self._store = store
        self._traces = traces

    async def logged(self, event: e.CallEvent) -> None:
        """One line of the log."""
        if not isinstance(event.data, e.EndedEvent):
            return
        call, events = await self._store.read(lambda tx: (tx.call(event.call_id), tx.events(event.call_id, MAX_EVENTS)))
        if call is not None and call.ended_at_ms is not None:
            self._tell(call, call.ended_at_ms, events)

    def _tell(self, call: Call, ended_ms: int, events: Sequence[e.CallEvent]) -> None:
        facts = {
            "voice.call_type": call.call_type.value,
            "voice.status": call.status.value,
            "voice.end_reason": "" if call.end_reason is None else call.end_reason.value,
            "voice.recoveries": len(call.recovered_ms),
        }
        self._traces.call(call.id, call.created_at_ms, ended_ms, facts)
        tell = self._traces.of_call(call.id)
        if call.opened_at_ms is not None:
            tell("open", call.created_at_ms, call.opened_at_ms, {})
        if call.connected_at_ms is not None:
            tell("connect", call.created_at_ms, call.connected_at_ms, {})
        for epoch, asked_ms, claimed_ms in _dispatches(events):
            tell("dispatch", asked_ms, claimed_ms, {"voice.epoch": epoch})


def _dispatches(events: Sequence[e.CallEvent]) -> Iterator[tuple[int, int, int]]:
    """Epoch, when an agent was asked for, and when a worker claimed it."""
    asked_ms: dict[int, int] = {}
    for event in events:
        match event.data:
            case e.DispatchedEvent(epoch=epoch):
                asked_ms.setdefault(epoch, event.at_ms)
            case e.ClaimedEvent(epoch=epoch):
                yield epoch, min(asked_ms.get(epoch, event.at_ms), event.at_ms), event.at_ms
            case _:
                pass
