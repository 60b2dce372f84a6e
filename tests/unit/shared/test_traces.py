from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from shared.ids import CallId
from shared.traces import NoTraces, Span, Traces, agent_span_id, call_span_id, open_traces, trace_id

ROOT = Path(__file__).resolve().parents[3]
CALL = CallId("0192f0c1-7a3b-7000-8000-000000000001")


class Kept(Traces):
    def __init__(self) -> None:
        self.spans: list[Span] = []

    def export(self, span: Span) -> None:
        self.spans.append(span)

    async def aclose(self) -> None: ...


def test_the_trace_of_a_call_has_the_calls_id() -> None:
    assert f"{trace_id(CALL):032x}" == CALL.replace("-", "")
    assert trace_id(CallId("not a uuid")) == trace_id(CallId("not a uuid")) != 0


def test_whoever_knows_a_call_knows_where_its_spans_hang() -> None:
    traces = Kept()
    traces.of_agent(CALL, 2)("join", 100, 200, {})
    traces.agent(CALL, 2, 90, 900, {})
    traces.of_call(CALL)("open", 10, 20, {})
    traces.call(CALL, 10, 1000, {})
    join, agent, opened, call = traces.spans
    assert {span.trace_id for span in traces.spans} == {trace_id(CALL)}
    assert (call.span_id, call.parent_id) == (call_span_id(CALL), None)
    assert (agent.span_id, agent.parent_id) == (agent_span_id(CALL, 2), call.span_id)
    assert (join.span_id, join.parent_id) == (None, agent.span_id)
    assert (opened.span_id, opened.parent_id) == (None, call.span_id)
    assert agent_span_id(CALL, 1) != agent_span_id(CALL, 2)


def test_without_a_collector_nothing_of_opentelemetry_is_imported() -> None:
    assert isinstance(open_traces("voice-api", ""), NoTraces)
    code = (
        "import sys, control_api.wiring, shared.traces; shared.traces.open_traces('x', '');"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
