"""The calls of this process, from the offer of a job to the free slot: the only place that knows which calls live here.

::

    offer ──▶ slot reserved ──▶ claimed at the API ──▶ accepted ──▶ job started ──▶ served ──▶ slot free
                  │ full            │ lost, or no answer    │ the job never comes (`sweep`)
                  └─ rejected       └─ slot free, rejected  └─ reported, slot free

A slot is freed on every way out. Heartbeats name a call from its claim to its end, so the API can tell a call that is
about to start from one whose worker has forgotten it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from shared import wire
from shared.call_report import AgentGone, CallEnded, GoneWhy, RecordingCause, ReportEvent
from shared.call_spec import CallSpec, JobRole
from shared.call_state import EndReason
from shared.claims import Claim, ClaimRequest
from shared.clock import Clock
from shared.ids import Identity, RoomName, WorkerId
from shared.log import get_logger
from shared.recording_order import JoinOrder, RecordingOrder, egress_id_of
from shared.worker_link import Command, CommandKind, Heartbeat, HeldCall
from worker.archive import Archive
from worker.audio_flow import QUEUES, Drops
from worker.bad_path import BadPath
from worker.call_job import CallJob, CallParts
from worker.call_traces import CallTraces
from worker.capacity import Capacity
from worker.clip import ClipName
from worker.closing import step
from worker.ending import Ending
from worker.joiner import Joiner
from worker.measures import Measures, Offer
from worker.notice_visits import NoticeVisits
from worker.ports import ApiUnreachable, ClaimLost, ControlApi
from worker.recorder import Recorder
from worker.recorder_job import RecorderJob
from worker.reports import Reporter
from worker.scribe import Scribe

START_LIMIT_S = 12.0
"""From the claim to the start of the job: LiveKit gives an assignment 7.5 s, a thread starts in milliseconds."""

_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Accept:
    identity: Identity


@dataclass(frozen=True, slots=True)
class Reject:
    final: bool
    """True: nobody should be offered this job. False: another worker may take it."""


@dataclass(slots=True)
class _Call:
    held: HeldCall
    claim: Claim
    job: CallJob | RecorderJob
    recorder: Recorder
    claimed_s: float
    started: bool = False


class Calls:
    def __init__(
        self,
        *,
        worker_id: WorkerId,
        capacity: Capacity,
        api: ControlApi,
        reporter: Reporter,
        archive: Archive,
        parts: CallParts,
        measures: Measures,
        traces: CallTraces,
        scribe: Scribe | None = None,
        joiner: Joiner | None = None,
    ) -> None:
        """`scribe` None: calls between people are not written down here; `joiner` None: parts are not joined here."""
        self._worker_id = worker_id
        self._capacity = capacity
        self._api = api
        self._reporter = reporter
        self._archive = archive
        self._parts = parts
        self._measures = measures
        self._traces = traces
        self._drops = Drops(measures.dropped)
        self._scribe = scribe
        self._joiner = joiner
        self._clock: Clock = parts.clock
        self._bad_path = BadPath()
        self._calls: dict[str, _Call] = {}
        self._taken: set[asyncio.Task[None]] = set()
        """The calls that are served without a job of LiveKit's."""
        self._none_left = asyncio.Event()
        self._none_left.set()

    @property
    def count(self) -> int:
        return len(self._calls)

    def heartbeat(self) -> Heartbeat:
        held = (
            replace(
                call.held,
                model=call.job.model,
                quiet_ms=call.job.quiet_ms,
                role=call.claim.role,
                recordings=call.recorder.running,
            )
            for call in self._calls.values()
        )
        free = 0 if self._is_path_bad else self._capacity.free
        return Heartbeat(free, tuple(held), self._capacity.draining)

    @property
    def _is_path_bad(self) -> bool:
        return self._bad_path.is_avoided(self._clock.monotonic_s())

    @property
    def is_draining(self) -> bool:
        return self._capacity.draining

    def drain(self) -> None:
        """Take no new calls."""
        self._capacity.draining = True

    async def offer(self, job_id: str, metadata: str) -> Accept | Reject:
        """Decide about a job within `shared.claims.TIMEOUT_S`."""
        try:
            spec = CallSpec.from_metadata(metadata)
        except wire.WireError as error:
            _log.warning("job refused: not one of ours", job_id=job_id, problem=str(error))
            self._measures.offered(Offer.INVALID)
            return Reject(final=True)
        held = HeldCall(spec.call_id, spec.epoch)
        log = _log.bind(call_id=spec.call_id, room=spec.room_name, epoch=spec.epoch, job_id=job_id)
        log.info("job offered", free_slots=self._capacity.free)
        reserve = self._capacity.reserve if spec.role is JobRole.AGENT else self._capacity.reserve_without_model
        if self._is_path_bad or not reserve(held):
            log.info("job refused: no free slot", draining=self._capacity.draining, path_is_bad=self._is_path_bad)
            self._measures.offered(Offer.FULL)
            return Reject(final=False)
        try:
            claim = await self._api.claim(ClaimRequest(self._worker_id, spec.call_id, spec.epoch, job_id))
        except ClaimLost:
            log.info("job refused: claimed by another, or over")
            self._measures.offered(Offer.LOST)
            self._capacity.release(held)
            return Reject(final=True)
        except ApiUnreachable as error:
            log.warning("job refused: no claim", problem=str(error))
            self._measures.offered(Offer.NO_ANSWER)
            self._capacity.release(held)
            return Reject(final=False)
        except BaseException:
            self._capacity.release(held)
            raise
        log.info("call claimed", role=claim.role.value)
        self._measures.offered(Offer.WON)
        self._traces.claimed(held)
        recorder = self._archive.recorder(claim)
        self._calls[job_id] = _Call(held, claim, self._job(held, claim, recorder), recorder, self._clock.monotonic_s())
        self._none_left.clear()
        return Accept(claim.agent_identity)

    def _job(self, held: HeldCall, claim: Claim, recorder: Recorder) -> CallJob | RecorderJob:
        report = self._reported(held)
        if claim.role is JobRole.RECORDER:
            notices = self._notices(held, claim, recorder)
            return RecorderJob(claim, self._parts.room, self._clock, recorder, report, self._scribe, notices)
        return CallJob(claim, self._parts, recorder, report)

    def _reported(self, held: HeldCall) -> Callable[[ReportEvent], None]:
        def report(event: ReportEvent) -> None:
            self._bad_path.reported(event, self._clock.monotonic_s())
            self._reporter.report(held, event)

        return report

    def _notices(self, held: HeldCall, claim: Claim, recorder: Recorder) -> NoticeVisits | None:
        if claim.notice_token is None:
            return None
        line, report = self._parts.clips[ClipName.RECORDED], self._reporter.for_call(held)
        return NoticeVisits(lambda: self._parts.notice_room(claim), line, self._clock, recorder, report)

    async def serve(self, job_id: str) -> None:
        """The job has started: run its call to the end. Returns at once for a job that was given up."""
        call = self._calls.get(job_id)
        if call is None or call.started:
            _log.warning("job started too late", job_id=job_id)
            return
        call.started = True
        with structlog.contextvars.bound_contextvars(
            call_id=call.held.call_id, room=call.claim.room_name, epoch=call.held.epoch
        ):
            try:
                await call.job.run()
            finally:
                self._forget(job_id)

    def not_started(self, job_id: str) -> None:
        """The job that was accepted will not come, or did not come in time."""
        call = self._calls.get(job_id)
        if call is not None and not call.started:
            _log.warning("job never started", call_id=call.held.call_id, epoch=call.held.epoch, job_id=job_id)
            self._report(call, AgentGone(GoneWhy.NOT_STARTED))
            self._forget(job_id)

    def by_role_and_state(self) -> dict[tuple[str, ...], float]:
        """How many calls are here: (role, claimed or running) -> number."""
        found = Counter((call.claim.role, call.started) for call in self._calls.values())
        states = {"claimed": False, "running": True}
        return {(role.value, state): found[role, started] for role in JobRole for state, started in states.items()}

    def longest_queues_s(self) -> dict[tuple[str, ...], float]:
        """Audio that waits, in the call where it is most: (queue,) -> seconds."""
        flows = [call.job.audio for call in self._calls.values()]
        return {(queue,): max((flow.of(queue).waiting_ms for flow in flows), default=0.0) / 1000 for queue in QUEUES}

    def sweep(self) -> None:
        """To be called about once a second."""
        now_s = self._clock.monotonic_s()
        for job_id, call in self._calls.items():
            self._drops.look(job_id, call.job.audio)
        for job_id, call in list(self._calls.items()):
            if not call.started and now_s - call.claimed_s >= START_LIMIT_S:
                self.not_started(job_id)

    def command(self, command: Command) -> None:
        """What the API wants. About a call that is not here there is nothing to do, unless it should come here, or its
        recording is to be joined."""
        if command.kind is CommandKind.TAKE_CALL:
            self._take(command)
            return
        held = HeldCall(command.call_id, command.epoch)
        if command.kind is CommandKind.JOIN_RECORDING:
            self._join(held, command)
            return
        for job_id, call in list(self._calls.items()):
            if call.held == held:
                try:
                    self._obey(job_id, call, command)
                except wire.WireError as error:
                    _log.warning("command refused", command=command.kind.value, problem=str(error))

    def _take(self, command: Command) -> None:
        try:
            room = RoomName(wire.text(command.args, "roomName", max_chars=256))
        except wire.WireError as error:
            _log.warning("command refused", command=command.kind.value, problem=str(error))
            return
        spec = CallSpec(command.call_id, room, command.epoch)
        serving = asyncio.get_running_loop().create_task(self._serve_offer(spec), name=f"call {spec.call_id}")
        self._taken.add(serving)
        serving.add_done_callback(self._taken.discard)

    async def _serve_offer(self, spec: CallSpec) -> None:
        """As a job of LiveKit's, without its dispatch and without its thread."""
        job_id = f"offer-{spec.call_id}-{spec.epoch}"
        try:
            if isinstance(await self.offer(job_id, spec.to_metadata()), Accept):
                await self.serve(job_id)
        except Exception:
            _log.exception("call failed", call_id=spec.call_id)

    async def aclose(self) -> None:
        """What calls are left are cut off."""
        for serving in self._taken:
            serving.cancel()
        await asyncio.gather(*self._taken, return_exceptions=True)

    def end_all(self, reason: EndReason) -> None:
        for job_id, call in list(self._calls.items()):
            call.job.end(Ending(reason))
            if not call.started:
                self._report(call, CallEnded(reason))
                self._forget(job_id)

    async def wait_until_none(self) -> None:
        await self._none_left.wait()

    def _obey(self, job_id: str, call: _Call, command: Command) -> None:
        match command.kind:
            case CommandKind.END:
                call.job.end(Ending())
                if not call.started:
                    self._forget(job_id)
            case CommandKind.REMOVE_AGENT:
                call.job.end(Ending(gone=GoneWhy.REMOVED))
            case CommandKind.SET_MODEL:
                self._set_model(call, command)
            case CommandKind.START_RECORDING:
                order = RecordingOrder.from_args(command.args)
                if call.recorder.start(order) and order.notice:
                    call.job.tell_of_recording()
            case CommandKind.STOP_RECORDING:
                call.recorder.stop(egress_id_of(command.args))

    def _join(self, held: HeldCall, command: Command) -> None:
        try:
            order = JoinOrder.from_args(command.args)
        except wire.WireError as error:
            _log.warning("command refused", command=command.kind.value, problem=str(error))
            return
        if self._joiner is not None:
            self._joiner.join(held, order)

    @staticmethod
    def _set_model(call: _Call, command: Command) -> None:
        if model := wire.text(command.args, "model", max_chars=128):
            call.job.set_model(model)

    def _report(self, call: _Call, event: CallEnded | AgentGone) -> None:
        # A recorder has no say in the call's end.
        if call.claim.role is JobRole.AGENT:
            self._reporter.report(call.held, event)

    def _forget(self, job_id: str) -> None:
        call = self._calls.pop(job_id)
        # First: a slot that is never free again is a place less for ever, and a drain that never ends.
        self._capacity.release(call.held)
        if not self._calls:
            self._none_left.set()
        step(lambda: self._drops.last_look(job_id, call.job.audio))
        step(lambda: self._traces.over(call.held, call.claim.role, call.job.model))
        step(lambda: self._archive.release(call.recorder, RecordingCause.JOB_OVER))
        step(lambda: self._reporter.forget(call.held))
