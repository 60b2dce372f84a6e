"""The hidden participants that hear calls without an agent, and the orders to record that any job is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from control_api.call_events import HappenedEvent
from control_api.ports import CallStore, CallTx, LiveKitGateway
from control_api.recorder_jobs import with_new_recorder, with_recorder_dispatched, without_recorder
from control_api.recording_joins import join_order
from control_api.recording_records import Recording
from control_api.records import Call, CallType
from control_api.services.close_call import command
from control_api.services.room_locks import RoomLocks
from control_api.services.workers import WorkerRegistry
from shared.call_report import HappenedKind
from shared.call_spec import CallSpec, JobRole
from shared.clock import Clock
from shared.ids import AGENT_NAME, CallId, EgressId, WorkerId, notice_identity, recorder_identity
from shared.log import get_logger
from shared.recording_order import NOTICE, Channels, FileType, JoinOrder, RecordingOrder, part_path
from shared.worker_link import Command, CommandKind, HeldCall

log = get_logger(__name__)

JOIN_WITHIN_MS = 2 * 24 * 3600 * 1000
"""After its end. A part whose store was down comes within a day."""
NOTICE_EVENTS = 10_000
"""So far back in a call's timeline is looked for the notice."""
JOIN_LOOKS_AT = 100
JOIN_AT_ONCE = 4


class Recorders:
    def __init__(
        self,
        store: CallStore,
        gateway: LiveKitGateway | None,
        workers: WorkerRegistry,
        locks: RoomLocks,
        clock: Clock,
        *,
        has_notice: bool = False,
    ) -> None:
        """`has_notice`: that a call is recorded is said in it."""
        self._store = store
        self._gateway = gateway
        self._workers = workers
        self._locks = locks
        self._clock = clock
        self._has_notice = has_notice

    async def send(self, call: Call) -> None:
        """A new one, or the one that nobody has claimed again. Raises what the gateway raises; then the upkeep asks
        again."""
        now_ms = self._clock.now_ms()
        sent = await self._change(call, lambda _, stored: _sent(stored, now_ms))
        if sent is None or sent.recorder is None or self._gateway is None:
            return
        spec = CallSpec(call.id, call.room_name, sent.recorder.epoch, JobRole.RECORDER)
        log.info("recorder sent", call_id=call.id, epoch=spec.epoch)
        async with self._locks.hold(call.media_room):
            if sent.recorder.requested_ms == now_ms:
                # One that has the same identity and is on its way out would take the new one with it.
                await self._gateway.remove_participant(call.media_room, recorder_identity(call.id))
                if self._has_notice:
                    await self._gateway.remove_participant(call.media_room, notice_identity(call.id))
            await self._gateway.dispatch(call.media_room, agent_name=AGENT_NAME, metadata=spec.to_metadata())

    async def drop(self, call: Call, epoch: int, *, is_lost: bool) -> None:
        """It is lost, or not needed; its worker is told by the upkeep. One that was given something to record since
        that was decided stays."""
        now_ms = self._clock.now_ms()

        def dropped(tx: CallTx, stored: Call) -> Call:
            is_needed = not is_lost and not stored.has_agent and _is_recorded(tx, stored.id)
            return stored if is_needed else without_recorder(stored, epoch, now_ms)

        if await self._change(call, dropped) is not None:
            log.info("recorder let go", call_id=call.id, epoch=epoch)

    async def order(self, recording: Recording, worker_id: WorkerId, epoch: int) -> None:
        """The job of this epoch shall write the recording. Idempotent."""
        found = await self._store.write(lambda tx: _ordered(tx, recording.egress_id, epoch))
        if found is None:
            return
        stored, call, is_told = found
        order = RecordingOrder(
            egress_id=stored.egress_id,
            file_type=FileType(stored.file_type),
            path=stored.path if epoch == stored.first_epoch else part_path(stored.path, epoch),
            channels=Channels.MIXED if call.call_type is CallType.CONFERENCE else Channels.TWO_PARTY,
            notice=self._has_notice and not is_told,
        )
        told = command(CommandKind.START_RECORDING, call.id, epoch, order.to_args())
        self._workers.command(worker_id, told)

    def tell_to_stop(self, egress_id: EgressId) -> None:
        """Whoever writes it now."""
        writer = self._workers.recording_job(egress_id)
        if writer is not None:
            worker_id, held = writer
            self._workers.command(worker_id, _stop(egress_id, held))

    async def join_parts(self) -> None:
        """Have recordings of several parts made one file, by any worker. It is told again until it is done."""
        worker_id = self._workers.least_busy()
        if worker_id is None:
            return
        since_ms = self._clock.now_ms() - JOIN_WITHIN_MS
        for call_id, epoch, order in await self._store.read(lambda tx: _to_join(tx, since_ms)):
            self._workers.command(worker_id, command(CommandKind.JOIN_RECORDING, call_id, epoch, order.to_args()))

    async def _change(self, call: Call, change: Callable[[CallTx, Call], Call]) -> Call | None:
        """The call as it is stored now; None when `change` left it as it was."""

        def use_case(tx: CallTx) -> Call | None:
            stored = tx.call(call.id)
            if stored is None or stored.is_final:
                return None
            changed = change(tx, stored)
            return None if changed == stored else tx.save_call(changed)

        return await self._store.write(use_case)


def _sent(call: Call, now_ms: int) -> Call:
    job = call.recorder
    if job is not None and job.is_pending:
        return with_recorder_dispatched(call, job.epoch, now_ms)
    return with_new_recorder(call, now_ms)


def _ordered(tx: CallTx, egress_id: EgressId, epoch: int) -> tuple[Recording, Call, bool] | None:
    """With whether the people of the call have heard the notice of this recording from another job."""
    recording = tx.recording(egress_id)
    call = None if recording is None else tx.call(recording.call_id)
    if recording is None or call is None or recording.stop_asked_ms is not None or not recording.is_in_progress:
        return None
    job = call.recorder
    if job is not None and job.epoch == epoch and not job.is_there:
        return None  # it leaves: the next one is on its way
    if recording.first_epoch is None:
        recording = tx.save_recording(replace(recording, first_epoch=epoch))
    return recording, call, epoch != recording.first_epoch and _is_told(tx, recording)


def _is_recorded(tx: CallTx, call_id: CallId) -> bool:
    return any(one.is_in_progress and one.ended_ms is None for one in tx.recordings(call_id))


def _is_told(tx: CallTx, recording: Recording) -> bool:
    return any(
        event.at_ms >= recording.created_ms
        and isinstance(event.data, HappenedEvent)
        and (event.data.what, event.data.detail) == (HappenedKind.CLIP_PLAYED, NOTICE)
        for event in tx.events(recording.call_id, NOTICE_EVENTS)
    )


def _to_join(tx: CallTx, since_ms: int) -> list[tuple[CallId, int, JoinOrder]]:
    found: list[tuple[CallId, int, JoinOrder]] = []
    for recording in tx.recordings_in_parts(since_ms, JOIN_LOOKS_AT):
        parts = tx.parts(recording.egress_id)
        order = join_order(recording, parts)
        if order is not None:
            found.append((recording.call_id, max(part.part for part in parts), order))
    return found[:JOIN_AT_ONCE]


def _stop(egress_id: EgressId, held: HeldCall) -> Command:
    return command(CommandKind.STOP_RECORDING, held.call_id, held.epoch, {"egressId": egress_id})
