"""What the API counts: what happens in calls, as their log tells it, and requests. The words are those of
`shared.metric_names`.

Every API process reads the whole log. With several of them behind one database, `max by` is right for what comes from
it, not `sum by`.
"""

from __future__ import annotations

from collections import Counter

from control_api import call_events as e
from control_api.ports import CallStore
from control_api.services.event_feed import EventFeed
from control_api.services.workers import WorkerRegistry
from shared import metric_names as names
from shared.call_report import Usage
from shared.call_state import CallState
from shared.metrics import Metrics
from shared.tokens import Tokens

OPEN = (CallState.PENDING, CallState.RINGING, CallState.CONNECTED)


class Measures:
    def __init__(self, store: CallStore, workers: WorkerRegistry, feed: EventFeed) -> None:
        self._store = store
        self._open: Counter[CallState] = Counter()
        self.metrics = Metrics(names.API)
        at_scrape = self.metrics.read_at_scrape
        at_scrape(names.API_CALLS, lambda: {(status.value,): self._open[status] for status in OPEN})
        at_scrape(names.API_WORKERS, lambda: {(): sum(view.connected for view in workers.views().values())})
        at_scrape(names.API_FREE_SLOTS, lambda: {(): workers.free_slots() or 0})
        at_scrape(names.API_SLOW_STREAMS, lambda: {(): feed.slow_clients})

    async def text(self) -> bytes:
        """In Prometheus' text format."""
        self._open = await self._store.read(lambda tx: Counter(call.status for call in tx.open_calls()))
        return self.metrics.text()

    def answered(self, method: str, route: str, status: int, after_s: float) -> None:
        self.metrics.observe(names.API_REQUESTS, after_s, method, route, str(status))

    def loop_was_late(self, lag_s: float) -> None:
        self.metrics.observe(names.API_LAG, lag_s)

    async def logged(self, event: e.CallEvent) -> None:
        """One line of the log."""
        count, observe = self.metrics.count, self.metrics.observe
        match event.data:
            case e.CreatedEvent():
                count(names.API_CALLS_OPENED)
            case e.ConnectedEvent(after_ms=after_ms):
                observe(names.API_CONNECT, after_ms / 1000)
            case e.EndedEvent(status=status, reason=reason):
                count(names.API_CALLS_ENDED, status.value, reason.value)
            case e.DispatchedEvent(attempt=attempt):
                count(names.API_DISPATCHES, "first" if attempt == 1 else "again")
            case e.ClaimedEvent():
                count(names.API_CLAIMS)
            case e.AgentJoinedEvent(after_ms=int(after_ms)):
                observe(names.API_AGENT_JOIN, after_ms / 1000)
            case e.AgentLostEvent():
                count(names.API_AGENTS_LOST)
            case e.FailoverEvent():
                count(names.API_RECOVERIES)
            case e.TurnEvent(response_ms=int(response_ms)):
                observe(names.API_RESPONSE, response_ms / 1000)
            case e.UsageEvent():
                self._used(event.data)
            case _:
                pass

    def _used(self, event: e.UsageEvent) -> None:
        usage = Usage(
            event.input_tokens,
            event.output_tokens,
            event.cached_tokens,
            event.audio_tokens,
            event.audio_output_tokens,
            event.cached_audio_tokens,
        )
        for kind, number in Tokens.of(usage).by_kind().items():
            self.metrics.count(names.API_TOKENS, kind, by=number)
