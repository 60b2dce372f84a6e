"""The API's part of a call's trace."""

from __future__ import annotations

from control_api.services.call_traces import CallTraces
from control_api.services.log_reader import LogReader
from shared.call_report import CallEnded, Report
from shared.call_state import EndReason
from shared.traces import Span, Traces, call_span_id
from tests.support.calls import ANN
from tests.support.control_api_parts import parts


class Kept(Traces):
    def __init__(self) -> None:
        self.spans: list[Span] = []

    def export(self, span: Span) -> None:
        self.spans.append(span)

    async def aclose(self) -> None: ...


async def test_a_call_is_told_when_it_is_over() -> None:
    api, traces = parts(), Kept()
    reader = LogReader(api.store, api.clock, [CallTraces(api.store, traces).logged])
    await reader.read_on()
    call = await api.opened()
    await api.clock.advance(0.4)
    await api.agent_joins(call)
    await api.joins(call, ANN.user_id)
    await reader.read_on()
    assert traces.spans == []
    await api.clock.advance(20)
    ended = Report(call.id, 1, 2, api.clock.now_ms(), CallEnded(EndReason.CALLER_HUNG_UP))
    await api.services.reports.take([ended])
    await reader.read_on()

    told = {span.name: span for span in traces.spans}
    assert set(told) == {"call", "open", "connect", "dispatch"}
    whole = told["call"]
    assert (whole.parent_id, whole.end_ms - whole.start_ms) == (None, 20_400)
    assert whole.attributes["voice.end_reason"] == "caller_hung_up"
    assert {span.parent_id for span in traces.spans if span is not whole} == {call_span_id(call.id)}
    assert told["connect"].end_ms - told["connect"].start_ms == 400
    assert told["dispatch"].end_ms - told["dispatch"].start_ms == 400
