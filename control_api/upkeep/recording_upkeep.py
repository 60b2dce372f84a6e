"""The dumb half of the upkeep of recordings; every decision is in `control_api.upkeep.recording_plan`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from control_api.ports import CallStore
from control_api.recording_records import Recording
from control_api.services.close_call import command
from control_api.services.erasures import Erasures
from control_api.services.recorders import Recorders
from control_api.services.recordings import Recordings
from control_api.services.workers import WorkerRegistry
from control_api.upkeep.recording_plan import (
    AskAgain,
    DropRecorder,
    GiveUp,
    Order,
    RecordingAction,
    RecordingView,
    SendRecorder,
    StartRecording,
    StopRecording,
    TellRecorder,
    plan_recordings,
)
from control_api.upkeep.view import Seen

LOOK_MS = 5_000
LOOK_AROUND_MS = 60_000
DELETE_MS = 10_000
JOIN_MS = 10_000
EXPIRE_MS = 3_600_000
Start = Callable[[str, Coroutine[Any, Any, None]], object]
"""Runs it behind, unless one of the same key still runs."""


class RecordingUpkeep:
    def __init__(
        self,
        store: CallStore,
        recordings: Recordings,
        recorders: Recorders,
        workers: WorkerRegistry,
        erasures: Erasures,
    ) -> None:
        self._store = store
        self._recordings = recordings
        self._recorders = recorders
        self._workers = workers
        self._erasures = erasures
        self._looked_ms = 0
        self._deleted_ms = 0
        self._joined_ms = 0
        self._expired_ms = 0

    async def tick(self, seen: Seen, start: Start, counts: Counter[str]) -> None:
        unfinished = await self._store.read(lambda tx: tx.unfinished_recordings())
        view = RecordingView(
            now_ms=seen.now_ms,
            started_ms=seen.started_ms,
            open_calls=seen.open_calls,
            recordings=unfinished,
            workers=seen.workers,
            hears_workers=seen.hears_workers,
            dispatch_retry_s=seen.limits.dispatch_retry_s,
            can_record=self._recordings.is_configured,
            by_workers=self._recordings.by_workers,
        )
        self._forget(seen.now_ms, start)
        self._join(seen.now_ms, start)
        if self._is_look_due(seen.now_ms, unfinished):
            start("look at recordings", self._recordings.look(unfinished))
        for action in plan_recordings(view):
            counts[type(action).__name__] += 1
            self._execute(action, start)

    def _join(self, now_ms: int, start: Start) -> None:
        if self._recordings.by_workers and now_ms - self._joined_ms >= JOIN_MS:
            self._joined_ms = now_ms
            start("join recordings", self._recorders.join_parts())

    def _forget(self, now_ms: int, start: Start) -> None:
        if now_ms - self._deleted_ms >= DELETE_MS:
            self._deleted_ms = now_ms
            start("delete files", self._erasures.delete_files())
        if now_ms - self._expired_ms >= EXPIRE_MS:
            self._expired_ms = now_ms
            start("expire", self._erasures.expire())

    def _is_look_due(self, now_ms: int, unfinished: Sequence[Recording]) -> bool:
        """Where the recorder tells by webhooks, which may be lost. What runs although nobody knows of it is looked for
        more rarely."""
        every_ms = LOOK_MS if unfinished else LOOK_AROUND_MS
        if self._recordings.by_workers or not self._recordings.is_configured or now_ms - self._looked_ms < every_ms:
            return False
        self._looked_ms = now_ms
        return True

    def _execute(self, action: RecordingAction, start: Start) -> None:
        match action:
            case StartRecording(call):
                start(f"record {call.id}", self._recordings.begin(call.id))
            case StopRecording(recording):
                start(f"stop {recording.egress_id}", self._recordings.cease(recording.egress_id))
            case AskAgain(recording):
                start(f"ask {recording.egress_id}", self._recordings.ask_again(recording.egress_id))
            case GiveUp(recording, uploads_too):
                given_up = self._recordings.give_up(recording.egress_id, uploads_too=uploads_too)
                start(f"lose {recording.egress_id}", given_up)
            case Order(recording, worker_id, epoch):
                start(f"order {recording.egress_id}", self._recorders.order(recording, worker_id, epoch))
            case TellRecorder(worker_id, call_id, epoch, kind):
                self._workers.command(worker_id, command(kind, call_id, epoch))
            case SendRecorder(call):
                start(f"recorder {call.id}", self._recorders.send(call))
            case DropRecorder(call, epoch, is_lost):
                start(f"drop {call.id}", self._recorders.drop(call, epoch, is_lost=is_lost))
