"""One trace for each call, across all processes, without handing anything from one to the other.

A call's id has as many bits as a trace's, so it *is* the trace's id; the spans that others hang on have ids that follow
from the call's, too. So the API, every worker that ever served the call, and whoever looks for it agree on the trace,
also after a restart or a takeover::

    call                          the API, when it is over
    ├─ open, connect, dispatch    the API
    └─ agent (one for each epoch) the worker
       └─ join, turn, model ...   the worker

A span is told when it is over, as two times and a name: nothing is open while a call runs, and nothing is passed
through the code. Without an exporter nothing is told, and nothing of OpenTelemetry is imported.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from shared.ids import CallId
from shared.written import WEB, address

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"

Attributes = Mapping[str, str | int | bool]
Tell = Callable[[str, int, int, Attributes], None]
"""Name, start and end in milliseconds since 1970, attributes: ids, numbers and words of closed sets."""


@dataclass(frozen=True, slots=True)
class Span:
    trace_id: int
    """128 bits."""
    span_id: int | None
    """64 bits; None: any."""
    parent_id: int | None
    name: str
    start_ms: int
    end_ms: int
    attributes: Attributes = field(default_factory=dict)


class Traces(ABC):
    def call(self, call_id: CallId, start_ms: int, end_ms: int, attributes: Attributes) -> None:
        """The whole call: the root of its trace."""
        own = {"voice.call_id": call_id, **attributes}
        self.export(Span(trace_id(call_id), call_span_id(call_id), None, "call", start_ms, end_ms, own))

    def agent(self, call_id: CallId, epoch: int, start_ms: int, end_ms: int, attributes: Attributes) -> None:
        """One agent's part in it."""
        own = {"voice.call_id": call_id, "voice.epoch": epoch, **attributes}
        parent = call_span_id(call_id)
        span_id = agent_span_id(call_id, epoch)
        self.export(Span(trace_id(call_id), span_id, parent, "agent", start_ms, end_ms, own))

    def of_call(self, call_id: CallId) -> Tell:
        """For what hangs on the call."""
        return self._below(call_id, call_span_id(call_id))

    def of_agent(self, call_id: CallId, epoch: int) -> Tell:
        """For what hangs on one agent."""
        return self._below(call_id, agent_span_id(call_id, epoch))

    def _below(self, call_id: CallId, parent_id: int) -> Tell:
        trace = trace_id(call_id)
        return lambda name, start_ms, end_ms, attributes: self.export(
            Span(trace, None, parent_id, name, start_ms, end_ms, attributes)
        )

    @abstractmethod
    def export(self, span: Span) -> None:
        """Never blocks, never raises."""

    @abstractmethod
    async def aclose(self) -> None:
        """Send what is left, within a few seconds."""


class NoTraces(Traces):
    def export(self, span: Span) -> None: ...

    async def aclose(self) -> None: ...


def collector(endpoint: str) -> str:
    """As `open_traces` takes it; the page for traces is often written with it. Raises ValueError."""
    return endpoint and address(endpoint, WEB).removesuffix("/v1/traces").rstrip("/")


def open_traces(service: str, endpoint: str, proxy: str | None = None) -> Traces:
    """To the collector at `endpoint`, if there is one; what else there is to say about it, OpenTelemetry's exporter
    reads from its own variables. `proxy`: where the environment does not say by which one it is asked."""
    if not endpoint:
        return NoTraces()
    from shared.otlp_traces import OtlpTraces

    return OtlpTraces(service, endpoint, proxy)


def trace_id(call_id: CallId) -> int:
    try:
        return UUID(call_id).int
    except ValueError:
        return _derived(call_id, 16)


def call_span_id(call_id: CallId) -> int:
    return _derived(f"call {call_id}", 8)


def agent_span_id(call_id: CallId, epoch: int) -> int:
    return _derived(f"agent {call_id} {epoch}", 8)


def _derived(text: str, size_bytes: int) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:size_bytes], "big")
