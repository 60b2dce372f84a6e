"""The composition root: the only file that names adapters and puts the parts together."""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import aiohttp

from shared import metric_names as names
from shared.call_report import ReportEvent
from shared.call_spec import JobRole
from shared.claims import Claim
from shared.clock import SystemClock
from shared.ids import WorkerId
from shared.metrics import CONTENT_TYPE, Metrics
from shared.model_names import as_words, endings
from shared.prices import Prices
from shared.proxies import Proxies
from shared.store_access import S3Access
from shared.store_address import service_address
from shared.traces import open_traces
from shared.version import VERSION
from shared.worker_link import HeldCall, Hello
from worker.adapters import clip_files, media_server
from worker.adapters.api_client import HttpControlApi
from worker.adapters.health import HealthServer
from worker.adapters.key_check import check_key
from worker.adapters.livekit_room import LiveKitRoom
from worker.adapters.object_store import ObjectStore
from worker.adapters.part_joiner import FolderJoiner
from worker.adapters.realtime_link import OpenAiRealtimeLink
from worker.adapters.recording_spool import FolderSpool
from worker.adapters.silero import SileroDetectors
from worker.adapters.speech_spool import DiskSpeechSpool
from worker.adapters.spool import DiskSpool
from worker.adapters.transcriptions import HttpTranscriber
from worker.adapters.worker_link import WorkerLink
from worker.agent_server import LiveKitJobs
from worker.archive import Archive
from worker.call_job import CallParts, Defaults
from worker.call_traces import CallTraces
from worker.calls import Calls
from worker.capacity import Capacity
from worker.circuit import Circuit
from worker.joiner import Joiner
from worker.measured_link import MeasuredLink
from worker.measures import Measures
from worker.model_watch import ModelWatch, try_session
from worker.ports import FRAME_MS, LISTENER_FRAME_MS, CallRoom, RealtimeLink
from worker.process import WorkerProcess
from worker.readiness import Readiness, readiness
from worker.reports import Reporter
from worker.scribe import Scribe
from worker.settings import Settings


def new_worker_id() -> WorkerId:
    """A new one for each process, so that the calls of its predecessor are known to be dead."""
    return WorkerId(f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}")


@asynccontextmanager
async def build(settings: Settings, health_socket: Path | None = None) -> AsyncIterator[WorkerProcess]:
    """The process's parts, on the running loop. `health_socket`: its health is told there, to a supervisor. Raises
    `OSError` when the spool's directory cannot be written."""
    at = health_socket or (settings.health_host, settings.health_port)
    clock, worker_id = SystemClock(), new_worker_id()
    token, model_key = settings.worker_token.get_secret_value(), settings.openai_api_key.get_secret_value()
    clips = clip_files.load(settings.clips_dir or clip_files.DIRECTORY)
    spool = DiskSpool(settings.spool_dir, worker_id)
    measures = Measures(Prices.parse(settings.model_prices))
    proxies = Proxies.of(os.environ)
    proxies.hide_from(os.environ, settings.livekit_internal_url or settings.livekit_url)
    traces = open_traces("voice-worker", settings.otlp_endpoint, proxies.of_url(settings.otlp_endpoint))
    call_traces = CallTraces(traces, clock)
    # As many sockets as there are calls; an idle one is closed by its owner.
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:

        def towards(url: str) -> aiohttp.ClientSession:
            return aiohttp.ClientSession(connector=http.connector, connector_owner=False, proxy=proxies.of_url(url))

        def livekit_url(claim: Claim) -> str:
            # What this process was told of its own network goes before what the API knows of its.
            return settings.livekit_internal_url or claim.livekit_url or settings.livekit_url

        def room(claim: Claim) -> CallRoom:
            speaks, url = claim.role is JobRole.AGENT, livekit_url(claim)
            frame_ms = FRAME_MS if speaks else LISTENER_FRAME_MS

            async def is_server_there() -> bool:
                return await media_server.is_there(http, url)

            return LiveKitRoom(
                url, claim.token, clock, speaks=speaks, frame_ms=frame_ms, is_server_there=is_server_there
            )

        def notice_room(claim: Claim) -> CallRoom:
            return LiveKitRoom(livekit_url(claim), claim.notice_token or "", clock, hears=False)

        model_proxy = proxies.of_url(settings.model_url)

        def plain_link() -> RealtimeLink:
            return OpenAiRealtimeLink(
                http=http,
                api_key=model_key or "local",
                base_url=settings.model_url,
                clock=clock,
                transcriber=settings.input_transcription_model,
                proxy=model_proxy,
            )

        def link(claim: Claim) -> RealtimeLink:
            return MeasuredLink(plain_link(), measures, clock, call_traces.of(HeldCall(claim.call_id, claim.epoch)))

        def reported(call: HeldCall, event: ReportEvent) -> None:
            measures.reported(event)
            call_traces.reported(call, event)

        defaults = Defaults(settings.model, settings.default_prompt, settings.default_greeting)
        api = HttpControlApi(
            http=towards(settings.api_url), base_url=settings.api_url, token=token, worker_id=worker_id
        )
        reporter = Reporter(spool, api, clock, reported)
        circuit, capacity = Circuit(), Capacity(settings.slots)
        capacity.is_shut = lambda: circuit.problem is not None
        watch = ModelWatch(
            circuit,
            clock,
            check_key=lambda: check_key(http, settings.model_url, model_key or "local", model_proxy),
            try_session=lambda with_answer: try_session(plain_link(), settings.model, clock, with_answer=with_answer),
            on_change=lambda: api_link.beat(),
        )
        recordings = FolderSpool(settings.recording_spool_dir, worker_id)
        store = _store(settings, proxies)
        archive = Archive(spool=recordings, store=store, clock=clock, report=reporter.report_by_time)
        joiner = Joiner(joiner=FolderJoiner(recordings.own), store=store, report=reporter.report_by_time)
        speech = DiskSpeechSpool(settings.speech_spool_dir, worker_id)
        scribe = Scribe(
            detectors=SileroDetectors(),
            spool=speech,
            transcriber=_transcriber(settings, towards(settings.transcriber[0])),
            clock=clock,
            report=reporter.report_by_time,
        )
        calls = Calls(
            worker_id=worker_id,
            capacity=capacity,
            api=api,
            reporter=reporter,
            archive=archive,
            scribe=scribe,
            joiner=joiner,
            parts=CallParts(
                room=room,
                notice_room=notice_room,
                link=link,
                clock=clock,
                defaults=defaults,
                clips=clips,
                model_session_s=settings.model_session_s,
                on_model_refused=watch.refused,
            ),
            measures=measures,
            traces=call_traces,
        )
        api_link = WorkerLink(
            http=towards(settings.api_url),
            base_url=settings.api_url,
            token=token,
            hello=Hello(worker_id, settings.slots, VERSION, takes_offers=True),
            heartbeat=calls.heartbeat,
            on_command=calls.command,
            on_connected=reporter.api_is_back,
            clock=clock,
        )
        jobs = LiveKitJobs(
            url=settings.livekit_url,
            api_key=settings.livekit_api_key,
            api_secret=settings.livekit_api_secret.get_secret_value(),
            taker=calls,
            proxy=proxies.of_url(settings.livekit_url),
        )

        def missing() -> list[str]:
            parts = {"livekit": jobs.registered, "api": api_link.connected}
            found = [name for name, there in parts.items() if not there]
            found += ["draining"] if calls.is_draining else []
            return found if circuit.problem is None else [*found, f"model: {circuit.problem}"]

        _read_at_scrape(measures.metrics, calls, capacity, spool, missing)

        async def ready() -> Readiness:
            return readiness(missing(), as_words(endings(settings.models, clock.now_ms())))

        async def metrics() -> bytes:
            return measures.metrics.text()

        try:
            yield WorkerProcess(
                calls=calls,
                jobs=jobs,
                link=api_link,
                reporter=reporter,
                watch=watch,
                archive=archive,
                health=HealthServer(at, ready=ready, metrics=metrics, content_type=CONTENT_TYPE),
                loop_was_late=measures.loop_was_late,
                scribe=scribe,
                joiner=joiner,
                clock=clock,
                drain_s=settings.drain_s,
            )
        finally:
            await traces.aclose()
            speech.close()
            recordings.close()
            spool.close()


def _read_at_scrape(
    metrics: Metrics, calls: Calls, capacity: Capacity, spool: DiskSpool, missing: Callable[[], list[str]]
) -> None:
    metrics.read_at_scrape(names.WORKER_CALLS, calls.by_role_and_state)
    metrics.read_at_scrape(names.WORKER_QUEUE, calls.longest_queues_s)
    metrics.read_at_scrape(names.WORKER_SLOTS, lambda: {(): capacity.slots})
    metrics.read_at_scrape(names.WORKER_FREE_SLOTS, lambda: {(): capacity.free})
    metrics.read_at_scrape(names.WORKER_READY, lambda: {(): 0.0 if missing() else 1.0})
    metrics.read_at_scrape(names.WORKER_DRAINING, lambda: {(): float(calls.is_draining)})
    metrics.read_at_scrape(names.WORKER_SPOOL, lambda: {(): spool.size_bytes})
    metrics.read_at_scrape(names.WORKER_REPORTS_DROPPED, lambda: {(): spool.dropped})


def _transcriber(settings: Settings, http: aiohttp.ClientSession) -> HttpTranscriber:
    url, key = settings.transcriber
    return HttpTranscriber(
        http=http,
        base_url=url,
        api_key=key or "local",
        model=settings.transcription_model,
        streaming=settings.transcription_streaming,
    )


def _store(settings: Settings, proxies: Proxies) -> ObjectStore | None:
    """None: nothing is recorded."""
    if (address := settings.store_address) is None:
        return None
    secret, token = settings.aws_secret_access_key, settings.aws_session_token
    access = S3Access(
        region=settings.recording_region,
        endpoint=settings.recording_endpoint,
        access_key_id=settings.aws_access_key_id,
        secret_access_key=None if secret is None else secret.get_secret_value(),
        session_token=None if token is None else token.get_secret_value(),
    )
    return ObjectStore(address, replace(access, proxy=proxies.of_url(service_address(address, access.endpoint))))
