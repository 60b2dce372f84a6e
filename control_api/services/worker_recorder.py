"""`Recorder` by the workers themselves: nothing but this system is needed to record.

What must be told to whom is decided once a second by `control_api.upkeep.recording_plan`. Here a request only makes it
quick, and finds out whether there can be a recorder at all.
"""

from __future__ import annotations

from collections.abc import Sequence

from control_api.ports import CallStore
from control_api.recording_ports import Recorder, RecorderUnavailable
from control_api.recording_records import RecorderJob, Recording
from control_api.records import Call
from control_api.services.recorders import Recorders
from control_api.services.workers import WorkerRegistry
from shared.agent_state import AgentState


class WorkerRecorder(Recorder):
    def __init__(self, store: CallStore, workers: WorkerRegistry, recorders: Recorders) -> None:
        self._store = store
        self._workers = workers
        self._recorders = recorders

    async def start(self, recording: Recording) -> None:
        call = await self._store.read(lambda tx: tx.call(recording.call_id))
        if call is None:
            return
        job = call.recorder
        if call.agent_state is AgentState.ACTIVE and call.agent_worker_id is not None:
            await self._recorders.order(recording, call.agent_worker_id, call.agent_epoch)
        elif not call.has_agent and job is not None and job.worker_id is not None and self._is_held(call, job):
            await self._recorders.order(recording, job.worker_id, job.epoch)
        elif not call.has_agent and call.recorder is None and self._workers.free_slots() == 0:
            raise RecorderUnavailable("no worker has a free slot")

    def _is_held(self, call: Call, job: RecorderJob) -> bool:
        """A worker that is there says that it has this job, and it was not told to leave: it may not have heard of
        that yet."""
        worker = None if job.worker_id is None else self._workers.views().get(job.worker_id)
        return job.is_there and worker is not None and worker.connected and worker.recorders.get(call.id) == job.epoch

    async def stop(self, recording: Recording) -> None:
        self._recorders.tell_to_stop(recording.egress_id)

    async def look(self, unfinished: Sequence[Recording]) -> None:
        """Workers tell it by themselves."""
