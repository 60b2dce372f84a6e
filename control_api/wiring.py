"""The composition root: with `access_wiring`, the only file that names adapters."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from starlette.applications import Starlette

from control_api import built_web
from control_api.access_wiring import clerk_sign_in, rate_limiter
from control_api.adapters.dev_issuer import DevIssuer, open_dev_issuer
from control_api.adapters.livekit_gateway import LiveKitApiGateway
from control_api.adapters.livekit_signing import LiveKitTokens, LiveKitWebhookVerifier
from control_api.adapters.local_wakeup import LocalWakeup
from control_api.adapters.metrics_page import metrics_page
from control_api.adapters.sql_store import migrate, open_store
from control_api.app import Access, build_app
from control_api.limits import Limits
from control_api.ports import CallStore, SignInVerifier, TokenIssuer
from control_api.recording_wiring import link_origins, recording_backend
from control_api.routes.pages import ClerkPage, Web
from control_api.server import listen
from control_api.services.agents import Agents
from control_api.services.call_traces import CallTraces
from control_api.services.change_call import CallChanger
from control_api.services.claim_call import Claims
from control_api.services.close_call import CallCloser
from control_api.services.container import Services
from control_api.services.erasures import Erasures, Retention
from control_api.services.event_feed import EventFeed
from control_api.services.livekit import LiveKit
from control_api.services.log_reader import LogReader
from control_api.services.measures import Measures
from control_api.services.once_per_key import OncePerKey
from control_api.services.open_call import CallOpener
from control_api.services.realtime import RealtimeSessions
from control_api.services.recorders import Recorders
from control_api.services.recordings import RecordingBackend, Recordings
from control_api.services.room_locks import RoomLocks
from control_api.services.take_reports import Reports
from control_api.services.tokens import Tokens
from control_api.services.waking_store import WakingStore
from control_api.services.webhook_inbox import WebhookInbox
from control_api.services.worker_recorder import WorkerRecorder
from control_api.services.workers import WorkerRegistry
from control_api.settings import Settings
from control_api.token_costs import TokenCosts
from control_api.upkeep.loop import Upkeep
from control_api.upkeep.recording_upkeep import RecordingUpkeep
from shared.clock import Clock, SystemClock
from shared.env import SettingsError
from shared.metrics import watch_loop
from shared.model_defaults import DEFAULT_PROMPT, DEFAULT_TRANSCRIBER
from shared.traces import NoTraces, Traces, open_traces

__all__ = ["background", "build_services", "dev_issuer", "migrate", "running_app"]


@asynccontextmanager
async def running_app(settings: Settings) -> AsyncIterator[Starlette]:
    """The application with all that runs behind it; when the block ends, nothing of it is left."""
    clock = SystemClock()
    async with AsyncExitStack() as stack:
        access = _access(settings, clock)
        stack.push_async_callback(access.verifier.aclose)
        stack.push_async_callback(access.limiter.aclose)
        store = await open_store(settings.database_url)
        stack.push_async_callback(store.aclose)
        livekit = build_livekit(settings)
        if livekit is not None:
            stack.push_async_callback(livekit.gateway.aclose)
        recording = recording_backend(settings, store, clock)
        if recording is not None and recording.recorder is not None:
            stack.push_async_callback(recording.recorder.aclose)
        services, closer = build_services(
            store,
            livekit,
            settings.limits,
            clock,
            recording,
            settings.retention,
            settings.costs,
            settings.default_prompt,
            settings.input_transcription_model,
        )
        stack.push_async_callback(closer.aclose)
        traces = open_traces("voice-api", settings.otlp_endpoint)
        stack.push_async_callback(traces.aclose)
        await stack.enter_async_context(background(services, closer, settings.limits, traces))
        if settings.metrics_port is not None:
            listener = listen(settings.metrics_host, settings.metrics_port)
            await stack.enter_async_context(metrics_page(listener, services.measures.text))
        yield build_app(services, access, _web(settings))


def build_services(
    store: CallStore,
    livekit: LiveKit | None,
    limits: Limits,
    clock: Clock,
    recording: RecordingBackend | None = None,
    retention: Retention | None = None,
    costs: TokenCosts | None = None,
    default_prompt: str = DEFAULT_PROMPT,
    transcriber: str = DEFAULT_TRANSCRIBER,
) -> tuple[Services, CallCloser]:
    wakeup = LocalWakeup()
    store = WakingStore(store, wakeup)
    workers = WorkerRegistry(clock)
    feed = EventFeed(store, wakeup, workers)
    locks = RoomLocks()
    closer = CallCloser(store, None if livekit is None else livekit.gateway, workers, locks, clock)
    gateway = None if livekit is None else livekit.gateway
    has_notice = recording is not None and recording.has_notice
    recorders = Recorders(store, gateway, workers, locks, clock, has_notice=has_notice)
    recordings = Recordings(store, recording, WorkerRecorder(store, workers, recorders), clock)
    agents = Agents(store, livekit, workers, closer, locks, limits, clock)
    opener = CallOpener(store, livekit, workers, closer, locks, limits, clock, can_record=recordings.is_configured)
    services = Services(
        store=store,
        livekit=livekit,
        workers=workers,
        opener=opener,
        changer=CallChanger(store, agents, closer, clock),
        tokens=Tokens(store, livekit, opener, agents, closer, limits, clock),
        agents=agents,
        realtime=RealtimeSessions(store, workers, default_prompt, transcriber),
        recordings=recordings,
        recorders=recorders,
        erasures=Erasures(store, None if recording is None else recording.storage, retention or Retention(), clock),
        claims=Claims(store, livekit, limits, clock, has_notice=has_notice),
        reports=Reports(store, closer, workers.agent_is_out),
        inbox=WebhookInbox(store, closer, clock),
        once=OncePerKey(store, clock),
        feed=feed,
        costs=costs or TokenCosts(),
        measures=Measures(store, workers, feed),
        clock=clock,
    )
    return services, closer


@asynccontextmanager
async def background(
    services: Services, closer: CallCloser, limits: Limits, traces: Traces | None = None
) -> AsyncIterator[None]:
    """What runs without being asked: the webhook inbox, the upkeep, the reader of the log."""
    gateway = None if services.livekit is None else services.livekit.gateway
    recordings = recording_upkeep(services)
    upkeep = Upkeep(services.store, gateway, services.workers, closer, recordings, closer.locks, limits, services.clock)
    services.inbox.tell_connected(upkeep.hurry)
    call_traces = CallTraces(services.store, traces or NoTraces())
    log_reader = LogReader(services.store, services.clock, [services.measures.logged, call_traces.logged])
    tasks = [
        asyncio.create_task(services.inbox.run(), name="webhook-inbox"),
        asyncio.create_task(upkeep.run(), name="upkeep"),
        asyncio.create_task(services.feed.run(), name="event-feed"),
        asyncio.create_task(log_reader.run(), name="log-reader"),
        asyncio.create_task(watch_loop(services.clock, services.measures.loop_was_late), name="loop-watch"),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def recording_upkeep(services: Services) -> RecordingUpkeep:
    return RecordingUpkeep(services.store, services.recordings, services.recorders, services.workers, services.erasures)


def _access(settings: Settings, clock: Clock) -> Access:
    """Raises `SettingsError`."""
    verifier, issuer = _sign_in(settings, clock)
    return Access(
        verifier=verifier,
        worker_token=None if settings.worker_token is None else settings.worker_token.get_secret_value(),
        limiter=rate_limiter(settings, clock),
        cookie_origins=settings.clerk_authorized_parties or own_origins(settings.port),
        trusted_proxies=settings.trusted_proxies,
        cors_origins=settings.cors_origins,
        dev_issuer=issuer,
    )


def _sign_in(settings: Settings, clock: Clock) -> tuple[SignInVerifier, TokenIssuer | None]:
    if settings.clerk_rules is not None:
        return clerk_sign_in(settings, settings.clerk_rules, clock), None
    issuer = dev_issuer(settings)
    return issuer, issuer


def _web(settings: Settings) -> Web:
    issuer = settings.clerk_issuer
    clerk = None if issuer is None else ClerkPage(issuer, settings.clerk_publishable_key)
    return Web(built_web.load(), settings.livekit_host, clerk, link_origins(settings))


def own_origins(port: int) -> tuple[str, ...]:
    """The pages that this API itself serves on this machine: what may use the cookie in development."""
    return (f"http://127.0.0.1:{port}", f"http://localhost:{port}")


def dev_issuer(settings: Settings) -> DevIssuer:
    """Raises `SettingsError`."""
    try:
        return open_dev_issuer(settings.dev_issuer_dir)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "its key cannot be read"
        raise SettingsError([f"VOICE_DEV_ISSUER_DIR: {why}"]) from None


def build_livekit(settings: Settings) -> LiveKit | None:
    host, key, secret = settings.livekit_host, settings.livekit_api_key, settings.livekit_api_secret
    if host is None or key is None or secret is None:
        return None
    internal_url = settings.livekit_internal_url or host
    plain_secret = secret.get_secret_value()
    return LiveKit(
        gateway=LiveKitApiGateway(internal_url, key, plain_secret),
        tokens=LiveKitTokens(key, plain_secret),
        webhooks=LiveKitWebhookVerifier(key, plain_secret),
        public_url=host,
        internal_url=internal_url,
    )
