"""Every metric of both processes: its name with its unit, what it counts, its labels. Nothing else may be exported, but
for the ``process_*`` that the library knows of the process itself; a dashboard and the alert rules (`deploy/`) may use
no other name, and a test compares.

Labels hold words of small closed sets: no user, room, call or text is ever one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class MetricKind(StrEnum):
    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """`name` ends with the unit (``_seconds``, ``_bytes``, ``_usd``), a counter's with ``_total`` behind it."""

    name: str
    kind: MetricKind
    help: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()
    """Upper bounds of a histogram, in the metric's unit."""


def _counter(name: str, text: str, *labels: str) -> Metric:
    return Metric(name, MetricKind.COUNTER, text, labels)


def _gauge(name: str, text: str, *labels: str) -> Metric:
    return Metric(name, MetricKind.GAUGE, text, labels)


def _histogram(name: str, text: str, buckets: tuple[float, ...], *labels: str) -> Metric:
    return Metric(name, MetricKind.HISTOGRAM, text, labels, buckets)


_HEARD_S = (0.3, 0.5, 0.6, 0.7, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 5.0, 7.0)
"""Half a second is the model's wait for the caller to go on; 7 s is the longest silence that is promised."""
_MODEL_S = (0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, 1.5, 2.0, 3.0, 6.0)
_LAG_S = (0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 3.0)
"""From 0.1 s on, gaps are heard; after 3 s without a heartbeat the API takes the worker for dead."""
_REQUEST_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

# ---------------------------------------------------------------------------------------------------- the worker

WORKER_CALLS = _gauge(
    "voice_worker_calls", "Calls in this process. state: claimed (its job is on its way), running.", "role", "state"
)
WORKER_SLOTS = _gauge("voice_worker_slots", "Calls that this process takes at once.")
WORKER_FREE_SLOTS = _gauge("voice_worker_free_slots", "Slots that are free; 0 while draining or shut.")
WORKER_READY = _gauge("voice_worker_ready", "1 while calls can come, as /readyz says.")
WORKER_DRAINING = _gauge("voice_worker_draining", "1 while it serves its last calls, and takes no more.")
WORKER_CLAIMS = _counter(
    "voice_worker_claims_total",
    "Jobs offered by LiveKit. outcome: won, lost (to another worker, or over), full, no_answer (of the API), invalid.",
    "outcome",
)
WORKER_ENDED = _counter(
    "voice_worker_calls_ended_total", "Calls that ended here, by the reason told to the API.", "reason"
)
WORKER_AGENTS_GONE = _counter("voice_worker_agents_gone_total", "Agents that left a call that goes on.", "why")
WORKER_RESPONSE = _histogram(
    "voice_worker_response_seconds",
    "End of the caller's speech to the first sound of the answer handed to the room; the way to the ear adds 50 to "
    "60 ms on a short path.",
    _HEARD_S,
)
WORKER_TURNS = _counter("voice_worker_turns_total", "Answers that were heard. ended: whole, interrupted.", "ended")
WORKER_MODEL_ANSWER = _histogram(
    "voice_worker_model_seconds",
    "The model was told to answer, or said that the caller has finished, to the first audio of the answer here.",
    _MODEL_S,
    "model",
)
WORKER_MODEL_OPEN = _histogram(
    "voice_worker_model_open_seconds", "Opening a session of the model until it is set up.", _MODEL_S, "model"
)
WORKER_MODEL_LOST = _counter(
    "voice_worker_model_lost_total", "Sessions of the model that broke or could not be opened.", "model", "reason"
)
WORKER_HAPPENED = _counter(
    "voice_worker_happened_total", "Faults in calls and what was done about them, as in a call's timeline.", "kind"
)
WORKER_TOKENS = _counter(
    "voice_worker_tokens_total",
    "Tokens of the model. kind: text_in, audio_in, cached_in (of both, not counted in these), text_out, audio_out.",
    "model",
    "kind",
)
WORKER_COST = _counter(
    "voice_worker_cost_usd_total", "What they cost by VOICE_MODEL_PRICES; nothing for a model without prices.", "model"
)
WORKER_QUEUE = _gauge(
    "voice_worker_audio_queue_seconds",
    "Audio that waits, in the call where it is most. queue: to_model (a microphone's), to_room (an answer's).",
    "queue",
)
WORKER_DROPPED = _counter(
    "voice_worker_audio_dropped_seconds_total", "Audio that a full queue has dropped, or that came too late.", "queue"
)
WORKER_LAG = _histogram(
    "voice_worker_event_loop_lag_seconds", "How late the loop that carries all audio is, ten times a second.", _LAG_S
)
WORKER_SPOOL = _gauge("voice_worker_report_spool_bytes", "Reports on disk that the API has not taken yet.")
WORKER_REPORTS_DROPPED = _counter("voice_worker_reports_dropped_total", "Reports that found no place on disk.")

# ------------------------------------------------------------------------------- several worker processes as one

SUPERVISOR_PROCESSES = _gauge("voice_supervisor_processes", "Worker processes that run.")
SUPERVISOR_RESTARTS = _counter("voice_supervisor_restarts_total", "Worker processes that ended by themselves.")
SUPERVISOR_REPLACED = _counter(
    "voice_supervisor_replaced_total",
    "Worker processes that gave way to fresh ones. reason: memory, calls (so many were taken).",
    "reason",
)
SUPERVISOR_MEMORY_BOUND = _gauge(
    "voice_supervisor_memory_bound_bytes", "From here on a worker process is replaced; +Inf: never."
)

# -------------------------------------------------------------------------------------------------------- the API

API_CALLS = _gauge("voice_api_calls", "Open calls.", "status")
API_CALLS_OPENED = _counter("voice_api_calls_opened_total", "Calls that were asked for.")
API_CALLS_ENDED = _counter("voice_api_calls_ended_total", "Calls that are over.", "status", "reason")
API_CONNECT = _histogram(
    "voice_api_connect_seconds",
    "Creation of a call until everybody whom it needs is there.",
    (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 30.0, 60.0),
)
API_CLAIMS = _counter("voice_api_claims_total", "Calls that were given to a worker, each agent of a call anew.")
API_DISPATCHES = _counter("voice_api_dispatches_total", "Agents asked for. attempt: first, again.", "attempt")
API_AGENT_JOIN = _histogram(
    "voice_api_agent_join_seconds", "An agent is asked for until it is in the room.", (*_MODEL_S, 10.0, 15.0)
)
API_AGENTS_LOST = _counter("voice_api_agents_lost_total", "Agents that never came, or whose worker died.")
API_RECOVERIES = _counter("voice_api_recoveries_total", "Calls that another agent took over.")
API_RESPONSE = _histogram(
    "voice_api_response_seconds", "As voice_worker_response_seconds, as reported by all workers.", _HEARD_S
)
API_TOKENS = _counter("voice_api_tokens_total", "Tokens of the model, as stored with the calls.", "kind")
API_WORKERS = _gauge("voice_api_workers", "Worker processes that are connected.")
API_FREE_SLOTS = _gauge("voice_api_free_slots", "Their free slots.")
API_REQUESTS = _histogram(
    "voice_api_request_seconds",
    "HTTP requests until their answer begins. route: as published, or other.",
    _REQUEST_S,
    "method",
    "route",
    "status",
)
API_SLOW_STREAMS = _counter("voice_api_slow_streams_total", "Event streams closed because their reader was too slow.")
API_LAG = _histogram("voice_api_event_loop_lag_seconds", "How late the API's loop is, ten times a second.", _LAG_S)


def declared() -> dict[str, Metric]:
    """By name."""
    return {value.name: value for value in globals().values() if isinstance(value, Metric)}


WORKER = tuple(metric for name, metric in declared().items() if name.startswith("voice_worker_"))
SUPERVISOR = tuple(metric for name, metric in declared().items() if name.startswith("voice_supervisor_"))
API = tuple(metric for name, metric in declared().items() if name.startswith("voice_api_"))
