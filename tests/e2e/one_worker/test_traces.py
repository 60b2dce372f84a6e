"""One call, one trace: what the API, the worker and the model did, at a collector."""

from __future__ import annotations

from shared.ids import CallId
from shared.traces import agent_span_id, call_span_id, trace_id
from tests.support.otlp_receiver import OtlpReceiver, TakenSpan
from tests.support.stack import Stack, wait_for


def test_a_call_is_one_trace_of_all_processes(stack: Stack, collector: OtlpReceiver) -> None:
    result = stack.call("--say", "Where is my order?").result()
    assert result["status"] == "completed"
    call_id = CallId(result["callId"])
    spans = wait_for(lambda: _whole(collector, call_id), "the trace is at the collector", 30)
    (call,), (agent,) = spans["call"], spans["agent"]
    assert (call.service, call.span_id, call.parent_id) == ("voice-api", call_span_id(call_id), 0)
    assert (agent.service, agent.span_id, agent.parent_id) == ("voice-worker", agent_span_id(call_id, 1), call.span_id)
    assert {span.parent_id for name in ("open", "connect", "dispatch") for span in spans[name]} == {call.span_id}
    below = [span for name in ("join", "turn", "model opens", "model answers") for span in spans[name]]
    assert {span.parent_id for span in below} == {agent.span_id}
    assert all(agent.start_ms <= span.start_ms <= span.end_ms <= agent.end_ms + 1000 for span in below)
    assert agent.attributes["voice.end_reason"] == "caller_hung_up"


def _whole(receiver: OtlpReceiver, call_id: CallId) -> dict[str, list[TakenSpan]] | None:
    """The trace, once both processes have told their part: each tells its own last."""
    found = receiver.of_trace(trace_id(call_id))
    return found if {"call", "agent"} <= set(found) else None
