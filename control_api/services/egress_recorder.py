"""`Recorder` by LiveKit's Egress service: asked here, and looked at, since what it tells by webhook may be lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from control_api.egress_facts import EgressSeen, EgressStatus, reports
from control_api.ports import CallStore, CallTx
from control_api.recording_ports import EgressGateway, Recorder
from control_api.recording_records import Recording
from control_api.services.settle_recording import take_report
from shared.clock import Clock
from shared.log import get_logger

log = get_logger(__name__)

MAX_FINDS = 20
"""Egresses that are not running any more, looked up in one turn; the others wait for the next."""


class EgressRecorder(Recorder):
    """`prefix`: of the store, which is part of the paths that the service knows."""

    def __init__(self, store: CallStore, gateway: EgressGateway, prefix: str, clock: Clock) -> None:
        self._store = store
        self._gateway = gateway
        self._clock = clock
        self._prefix = f"{prefix}/" if prefix else ""

    async def start(self, recording: Recording) -> None:
        if recording.external_id is not None:
            return
        for seen in await self._gateway.running():
            if self._own_path(seen) == recording.path:  # an earlier request, whose answer was lost
                await self.heard(seen)
                return
        call = await self._store.read(lambda tx: tx.call(recording.call_id))
        if call is not None:
            await self.heard(await self._gateway.start(call.media_room, recording.path, recording.file_type))

    async def stop(self, recording: Recording) -> None:
        if recording.external_id is not None:
            await self._gateway.stop(recording.external_id)

    async def look(self, unfinished: Sequence[Recording]) -> None:
        """At what runs, and at what did. Raises `RecorderUnavailable`."""
        running = await self._gateway.running()
        for seen in running:
            await self.heard(seen)
        over = {recording.external_id for recording in unfinished} - {seen.external_id for seen in running} - {None}
        for external_id in sorted(over, key=str)[:MAX_FINDS]:
            found = await self._gateway.find(str(external_id))
            if found is not None:
                await self.heard(found)

    async def heard(self, seen: EgressSeen) -> None:
        """From an answer, a list or a webhook. Raises `RecorderUnavailable`."""
        now_ms, path = self._clock.now_ms(), self._own_path(seen)
        recording = await self._store.write(lambda tx: heard_of_egress(tx, seen, path, now_ms))
        is_unwanted = recording is not None and (recording.is_final or recording.ended_ms is not None)
        if recording is not None and is_unwanted and seen.status in (EgressStatus.STARTING, EgressStatus.ACTIVE):
            # Its recording was given up when the answer that named it was lost, or it was told to stop before that.
            log.warning("egress stopped", egress_id=recording.egress_id, external_id=seen.external_id)
            await self._gateway.stop(seen.external_id)

    async def aclose(self) -> None:
        await self._gateway.aclose()

    def _own_path(self, seen: EgressSeen) -> str:
        return seen.path.removeprefix(self._prefix)


def heard_of_egress(tx: CallTx, seen: EgressSeen, path: str | None, now_ms: int) -> Recording | None:
    """What this means for the recording that it makes; None when it is not one of ours."""
    recording = tx.recording_by_external_id(seen.external_id)
    if recording is None and path is not None:
        recording = tx.recording_of_file(path)
    if recording is None:
        return None
    if recording.external_id is None:
        recording = tx.save_recording(replace(recording, external_id=seen.external_id))
    for event in reports(seen, recording.egress_id, recording.path):
        take_report(tx, event, now_ms)
    return tx.recording(recording.egress_id)
