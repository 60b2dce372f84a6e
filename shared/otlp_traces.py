"""Spans to an OpenTelemetry collector, over OTLP and HTTP. Imported only where one is configured."""

from __future__ import annotations

import asyncio

import requests
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags, set_span_in_context

from shared.traces import Span, Traces

NS_PER_MS = 1_000_000
QUEUE_SIZE = 2048
"""Spans that wait to be sent. When there are more, the newest are dropped; the SDK logs it."""
CLOSE_S = 2.0


class OtlpTraces(Traces):
    """A provider of its own: what the SDKs of others would tell of themselves is not ours to export."""

    def __init__(self, service: str, endpoint: str, proxy: str | None) -> None:
        self._ids = _GivenIds()
        self._provider = TracerProvider(
            resource=Resource.create({"service.name": service}), id_generator=self._ids, shutdown_on_exit=False
        )
        exporter = OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces", session=_session(proxy))
        self._provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=QUEUE_SIZE))
        self._tracer = self._provider.get_tracer("voice")

    def export(self, span: Span) -> None:
        self._ids.next_trace_id, self._ids.next_span_id = span.trace_id, span.span_id
        started = self._tracer.start_span(
            span.name, _parent(span), attributes=dict(span.attributes), start_time=span.start_ms * NS_PER_MS
        )
        started.end(span.end_ms * NS_PER_MS)

    async def aclose(self) -> None:
        def close() -> None:
            self._provider.force_flush(round(CLOSE_S * 1000))
            self._provider.shutdown()

        try:
            async with asyncio.timeout(2 * CLOSE_S):
                await asyncio.to_thread(close)
        except TimeoutError:
            pass


def _session(proxy: str | None) -> requests.Session | None:
    if proxy is None:
        return None
    session = requests.Session()
    session.proxies = {"http": proxy, "https": proxy}
    return session


class _GivenIds(RandomIdGenerator):
    """The ids that the next span gets. Spans are told from one thread, the event loop's."""

    next_trace_id = 0
    next_span_id: int | None = None

    def generate_trace_id(self) -> int:
        return self.next_trace_id

    def generate_span_id(self) -> int:
        return self.next_span_id or super().generate_span_id()


def _parent(span: Span) -> Context:
    """Empty for a root: whatever is current around the caller has nothing to do with it."""
    if span.parent_id is None:
        return Context()
    parent = SpanContext(span.trace_id, span.parent_id, is_remote=True, trace_flags=TraceFlags(TraceFlags.SAMPLED))
    return set_span_in_context(NonRecordingSpan(parent), Context())
