"""What must be done so that every call is recorded and written down as it was asked for. Pure; made anew each second,
as `control_api.upkeep.plan` is, with the same rule: silence is judged only by somebody who can hear.

Who writes a recording: the agent's job where the call has an agent, else a hidden participant, the recorder. A job that
writes goes on with it whoever comes or leaves. When it is gone the next source takes the recording up. All orders are
levels: a job is told to start or to stop in each turn in which its worker's heartbeat does not show that it did.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from control_api.recording_records import RecorderJob, Recording
from control_api.records import Call
from control_api.services.workers import WorkerView
from control_api.upkeep.agents import UNNAMED_S, WORKER_GONE_S, WORKER_SILENT_S
from shared.agent_state import AgentState
from shared.ids import CallId, EgressId, WorkerId
from shared.recording_state import RecordingState
from shared.worker_link import CommandKind

LOST_S = 15
"""After its end, a recording that no worker names and of which nothing is heard is lost, or what was told of it is."""
GIVE_UP_S = 45
"""The same for one that its worker still names, and does not end. Promised is a final state within 60 s."""
UPLOAD_S = 24 * 3600
"""How long a store may be down."""
ASK_AGAIN_S = 5


@dataclass(frozen=True, slots=True)
class RecordingView:
    now_ms: int
    started_ms: int
    open_calls: Sequence[Call]
    recordings: Sequence[Recording]
    """Those that are not finished."""
    workers: Mapping[WorkerId, WorkerView]
    hears_workers: bool
    dispatch_retry_s: int
    can_record: bool
    by_workers: bool
    """Workers record; else another service does, and is only asked."""

    def age_s(self, since_ms: int | None) -> float:
        return 0.0 if since_ms is None else (self.now_ms - since_ms) / 1000

    def here_s(self, since_ms: int | None) -> float:
        """The part of it in which this process could have heard something."""
        return min(self.age_s(since_ms), self.age_s(self.started_ms))


@dataclass(frozen=True, slots=True)
class StartRecording:
    """The call was opened to be recorded, and is connected."""

    call: Call


@dataclass(frozen=True, slots=True)
class StopRecording:
    """Its call is over, or the recorder has not stopped yet."""

    recording: Recording


@dataclass(frozen=True, slots=True)
class AskAgain:
    """The service that records for us has not begun."""

    recording: Recording


@dataclass(frozen=True, slots=True)
class GiveUp:
    recording: Recording
    uploads_too: bool


@dataclass(frozen=True, slots=True)
class Order:
    """This job shall write this recording."""

    recording: Recording
    worker_id: WorkerId
    epoch: int


@dataclass(frozen=True, slots=True)
class TellRecorder:
    worker_id: WorkerId
    call_id: CallId
    epoch: int
    kind: CommandKind


@dataclass(frozen=True, slots=True)
class SendRecorder:
    """None is there, or nobody has claimed the one that was dispatched."""

    call: Call


@dataclass(frozen=True, slots=True)
class DropRecorder:
    """It is lost, or has nothing to do any more."""

    call: Call
    epoch: int
    is_lost: bool


RecordingAction = (
    StartRecording | StopRecording | AskAgain | GiveUp | Order | TellRecorder | SendRecorder | DropRecorder
)


def plan_recordings(seen: RecordingView) -> list[RecordingAction]:
    running = {recording.call_id: recording for recording in seen.recordings if recording.is_in_progress}
    actions: list[RecordingAction] = [*_let_go(seen)]
    for call in seen.open_calls:
        actions += _for_call(seen, call, running.get(call.id))
    open_ids = {call.id for call in seen.open_calls}
    for recording in seen.recordings:
        actions += _for_recording(seen, recording, is_open=recording.call_id in open_ids)
    return actions


def _for_call(seen: RecordingView, call: Call, running: Recording | None) -> Iterator[RecordingAction]:
    if call.connected_at_ms is None:
        yield from _recorder_ahead(seen, call)
        return
    if call.recording_enabled and call.recording_begun_ms is None and seen.can_record:
        yield StartRecording(call)
    wanted = running if running is not None and running.ended_ms is None and seen.by_workers else None
    yield from _recorder_of(seen, call, wanted)
    if wanted is not None and not _is_written(seen, wanted.egress_id):
        source = _agent_job(seen, call) if call.has_agent else _recorder_job(seen, call)
        if source is not None:
            yield Order(wanted, *source)


def _recorder_ahead(seen: RecordingView, call: Call) -> Iterator[RecordingAction]:
    """Of a call in whose room somebody waits for the others: one that is there when they meet has their first words. It
    writes nothing before."""
    somebody_waits = call.people_joined_ms is not None and call.deserted_ms is None
    will_be_recorded = call.recording_enabled and seen.can_record and seen.by_workers
    is_needed = not call.has_agent and (will_be_recorded or call.transcription_enabled)
    yield from _recorder(seen, call, is_needed=somebody_waits and is_needed)


def _recorder_of(seen: RecordingView, call: Call, wanted: Recording | None) -> Iterator[RecordingAction]:
    yield from _recorder(seen, call, is_needed=_needs_recorder(seen, call, wanted))


def _recorder(seen: RecordingView, call: Call, *, is_needed: bool) -> Iterator[RecordingAction]:
    job = call.recorder if call.recorder is not None and call.recorder.gone_ms is None else None
    if not is_needed:
        if job is not None:
            yield DropRecorder(call, job.epoch, is_lost=False)
    elif job is None or (job.is_pending and seen.age_s(job.dispatched_ms) >= seen.dispatch_retry_s):
        yield SendRecorder(call)
    elif job.is_there and _is_lost(seen, call.id, job):
        yield DropRecorder(call, job.epoch, is_lost=True)


def _needs_recorder(seen: RecordingView, call: Call, wanted: Recording | None) -> bool:
    """One that writes a recording goes on with it, although an agent has come since."""
    writes = wanted is not None and _recorder_writes(seen, call, wanted.egress_id)
    is_begun_now = call.recording_enabled and call.recording_begun_ms is None and seen.can_record and seen.by_workers
    return writes or (not call.has_agent and (wanted is not None or is_begun_now or call.transcription_enabled))


def _recorder_writes(seen: RecordingView, call: Call, egress_id: EgressId) -> bool:
    job = call.recorder
    worker = None if job is None or job.worker_id is None else seen.workers.get(job.worker_id)
    return worker is not None and egress_id in worker.recordings and call.id in worker.recorders


def _is_written(seen: RecordingView, egress_id: EgressId) -> bool:
    """By a worker that is alive: what one names that has fallen silent, it does not write."""
    return any(egress_id in worker.recordings and worker.silent_s < WORKER_SILENT_S for worker in seen.workers.values())


def _agent_job(seen: RecordingView, call: Call) -> tuple[WorkerId, int] | None:
    if call.agent_state is not AgentState.ACTIVE or call.agent_worker_id is None:
        return None
    worker = seen.workers.get(call.agent_worker_id)
    is_held = worker is not None and worker.connected and worker.calls.get(call.id) == call.agent_epoch
    return (call.agent_worker_id, call.agent_epoch) if is_held else None


def _recorder_job(seen: RecordingView, call: Call) -> tuple[WorkerId, int] | None:
    job = call.recorder
    if job is None or not job.is_there or job.worker_id is None:
        return None
    worker = seen.workers.get(job.worker_id)
    is_held = worker is not None and worker.connected and worker.recorders.get(call.id) == job.epoch
    return (job.worker_id, job.epoch) if is_held else None


def _is_lost(seen: RecordingView, call_id: CallId, job: RecorderJob) -> bool:
    """Whether its worker is dead, wedged, or does not know of it (any more)."""
    if not seen.hears_workers or job.worker_id is None:
        return False
    worker = seen.workers.get(job.worker_id)
    if worker is None:
        return seen.age_s(job.claimed_ms) >= UNNAMED_S
    if not worker.connected:
        return worker.silent_s >= WORKER_GONE_S
    if worker.silent_s >= WORKER_SILENT_S:
        return True
    if call_id in worker.recorders:
        return False
    unnamed_s = worker.recorders_unnamed_s.get(call_id, worker.listening_s)
    return min(unnamed_s, seen.age_s(job.claimed_ms)) >= UNNAMED_S


def _for_recording(seen: RecordingView, recording: Recording, *, is_open: bool) -> Iterator[RecordingAction]:
    if recording.ended_ms is None:
        if not is_open:
            yield StopRecording(recording)
        elif not seen.by_workers and _is_late(seen, recording):
            yield AskAgain(recording)
        return
    over_s = seen.here_s(recording.ended_ms)
    if not recording.is_in_progress:
        if seen.age_s(recording.ended_ms) >= UPLOAD_S:
            yield GiveUp(recording, uploads_too=True)
        return
    is_written = seen.by_workers and _is_written(seen, recording.egress_id)
    lost_s = LOST_S if seen.by_workers and not is_written else GIVE_UP_S
    if over_s >= lost_s and seen.hears_workers:
        yield GiveUp(recording, uploads_too=False)
    elif is_written or over_s >= ASK_AGAIN_S:
        yield StopRecording(recording)


def _is_late(seen: RecordingView, recording: Recording) -> bool:
    return recording.state is RecordingState.STARTING and seen.here_s(recording.created_ms) >= ASK_AGAIN_S


def _let_go(seen: RecordingView) -> Iterator[RecordingAction]:
    """Workers that hold a recorder's job of a call that is over, or that has no use for it."""
    open_calls = {call.id: call for call in seen.open_calls}
    for worker in seen.workers.values():
        for call_id, epoch in worker.recorders.items() if worker.connected else ():
            call = open_calls.get(call_id)
            job = None if call is None else call.recorder
            if call is None:
                yield TellRecorder(worker.worker_id, call_id, epoch, CommandKind.END)
            elif job is None or job.epoch != epoch or job.gone_ms is not None:
                yield TellRecorder(worker.worker_id, call_id, epoch, CommandKind.REMOVE_AGENT)
