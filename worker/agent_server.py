"""Registration with LiveKit, over `livekit.agents.AgentServer`.

Facts that this file stands on (livekit-agents 1.8.9, livekit-server 1.13.5):

- `cli.run_app` ends at once on a second SIGTERM, so the server runs as a task of our own loop.
- Jobs run by the thread executor, whose threads do nothing here: the entrypoint hands its call to the process's loop
  and waits. One loop for all calls costs half of a loop per call.
- Its own load accounting loses bursts: with an infinite threshold every job reaches `on_request`, and slots are ours.
- A job's entrypoint that returns without `ctx.shutdown()` leaves a job that never ends and blocks a drain.
- It gives up after `max_retry` attempts and would leave with status 0: a LiveKit outage of any length must be survived.
- `on_request` has about 2.5 s.
"""

from __future__ import annotations

import asyncio
import logging
import math
from typing import Protocol

from livekit.agents import AgentServer, JobContext, JobExecutorType, JobRequest

from shared.ids import AGENT_NAME
from shared.log import get_logger
from worker.calls import Accept, Reject

NEVER = 10**9
IDLE_THREADS = 2
"""Threads that wait for a job; more are started when a burst needs them, in a few milliseconds each."""

_log = get_logger(__name__)


class JobTaker(Protocol):
    """`worker.calls.Calls`, as far as jobs are concerned. All of it on the process's loop."""

    async def offer(self, job_id: str, metadata: str) -> Accept | Reject: ...

    async def serve(self, job_id: str) -> None: ...

    def not_started(self, job_id: str) -> None: ...


class LiveKitJobs:
    """Takes jobs from LiveKit for `taker`. To be made and used on the process's loop."""

    def __init__(self, *, url: str, api_key: str, api_secret: str, taker: JobTaker, proxy: str | None = None) -> None:
        self._taker = taker
        self._loop = asyncio.get_running_loop()
        self._server = AgentServer(
            job_executor_type=JobExecutorType.THREAD,
            load_threshold=math.inf,
            load_fnc=lambda: 0.0,
            num_idle_processes=IDLE_THREADS,
            max_retry=NEVER,
            drain_timeout=NEVER,
            ws_url=url,
            api_key=api_key,
            api_secret=api_secret,
            # By itself it would take one from the environment, also where none is meant.
            http_proxy=proxy,
            # Its own health page says little: it gets a port of its own on loopback, ours is in `adapters.health`.
            host="127.0.0.1",
            port=0,
        )
        self._server.rtc_session(self._entrypoint, agent_name=AGENT_NAME, on_request=self._on_request)
        self._server.on("worker_registered", self._on_registered)
        self._known = False

    @property
    def registered(self) -> bool:
        """LiveKit knows this worker and the connection stands."""
        return self._known and not self._server._connecting

    async def run(self) -> None:
        """Until `close`. Raises what ended the server."""
        await self._server.run(devmode=False)

    async def drain(self) -> None:
        """Take no more jobs; returns when the last one has ended."""
        await self._server.drain(timeout=None)

    async def close(self) -> None:
        await self._server.aclose()

    def _on_registered(self, worker_id: str, _: object) -> None:
        self._known = True
        _log.info("registered with LiveKit", livekit_worker_id=worker_id)

    async def _on_request(self, request: JobRequest) -> None:
        decision = await self._taker.offer(request.id, request.job.metadata)
        if isinstance(decision, Reject):
            await request.reject(terminate=decision.final)
            return
        try:
            await request.accept(identity=decision.identity)
        except Exception as error:
            _log.warning("job accepted and not assigned", job_id=request.id, error=type(error).__name__)
            self._taker.not_started(request.id)

    async def _entrypoint(self, ctx: JobContext) -> None:
        """In the job's thread, on the job's loop."""
        try:
            serving = asyncio.run_coroutine_threadsafe(self._taker.serve(ctx.job.id), self._loop)
            await asyncio.wrap_future(serving)
        finally:
            ctx.shutdown()


_NOISE = (
    # The call connects its own room: the job's one stays unused, and is waited for in vain.
    "The room connection was not established within",
    # Every burst of jobs; a thread is there a few ms later.
    "no warmed process available for job",
    # The model's connection: told once per outage by the dialogue, without a stack trace per attempt.
    "connection failed, retrying in",
    "Error in _recv_task",
    "Error in _main_task",
)


class NoiseFilter(logging.Filter):
    """Keeps lines of the SDKs that mean nothing here out of the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        return not any(noise in record.getMessage() for noise in _NOISE)


def quiet_the_sdks() -> None:
    """After `shared.log.configure`: an operator reads our lines; the SDKs speak from warnings up."""
    for handler in logging.getLogger().handlers:
        handler.addFilter(NoiseFilter())
    for name in ("livekit", "livekit.agents", "livekit.plugins.openai"):
        logging.getLogger(name).setLevel(logging.WARNING)
