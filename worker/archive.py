"""The recordings of this process, from the last block to the store, whatever happens to their calls meanwhile.

::

    recorder ──finish──▶ closed, reported as ended ──▶ waits ──▶ stored, verified, reported ──▶ forgotten
    dead processes' parts ───────────────────────────────┘ ▲         │ the store does not take it
                                                           └─────────┘ later again; after a day it is told once

A part leaves the spool only when the store has all of it. One is stored after the other, the oldest first; one that the
store did not take goes to the end of the line.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from shared.call_report import RecordingCause, RecordingEnded, RecordingFailed, RecordingStored, ReportEvent
from shared.claims import Claim
from shared.clock import Clock
from shared.log import get_logger
from shared.recording_order import peaks_path
from shared.worker_link import HeldCall
from worker.ports import Part, PartFile, RecordingSpool, RecordingStore, StoreUnavailable, WrittenPart
from worker.recorder import Recorder
from worker.waiting import first_of

TICK_S = 0.2
ADOPT_S = 30.0
"""Between two looks for parts of processes that died beside this one."""
RETRY_MIN_S = 1.0
RETRY_MAX_S = 60.0
GIVE_UP_S = 24 * 3600.0
"""After so long without a store the recording is told to have failed. The file is kept, and stored when it can be."""

_log = get_logger(__name__)


@dataclass(slots=True)
class _Waiting:
    written: WrittenPart
    since_s: float
    told: bool = False


class Archive:
    def __init__(
        self,
        *,
        spool: RecordingSpool,
        store: RecordingStore | None,
        clock: Clock,
        report: Callable[[HeldCall, ReportEvent], None],
    ) -> None:
        """`store` None: nothing is recorded here. `report` must take what comes after a job's end."""
        self._spool = spool
        self._store = store
        self._clock = clock
        self._report = report
        self._recorders: list[Recorder] = []
        self._closing: set[asyncio.Task[None]] = set()
        self._waiting: deque[_Waiting] = deque()
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._retry_s = RETRY_MIN_S

    def recorder(self, claim: Claim) -> Recorder:
        """For one job; it is ticked until it is released."""
        held = HeldCall(claim.call_id, claim.epoch)
        recorder = Recorder(
            held,
            caller=claim.caller_identity,
            spool=None if self._store is None else self._spool,
            clock=self._clock,
            report=lambda event: self._report(held, event),
            finish=self._finish,
        )
        self._recorders.append(recorder)
        return recorder

    def release(self, recorder: Recorder, cause: RecordingCause) -> None:
        """Its job is over."""
        recorder.close(cause)
        self._recorders.remove(recorder)

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for work in (self._tick(), self._adopt(), self._store_all()):
                tasks.create_task(work)

    async def flush(self, limit_s: float) -> bool:
        """Wait until everything that has ended is closed and stored; False when it was not within `limit_s`."""
        return await first_of(self._idle, self._clock, limit_s) if self._is_busy() else True

    # ------------------------------------------------------------------------------------------------ what is written

    async def _tick(self) -> None:
        while True:
            await self._clock.sleep(TICK_S)
            for recorder in self._recorders:
                recorder.tick()

    def _finish(self, file: PartFile, cause: RecordingCause) -> None:
        self._idle.clear()
        task = asyncio.create_task(self._close(file, cause))
        self._closing.add(task)
        task.add_done_callback(self._closed)

    async def _close(self, file: PartFile, cause: RecordingCause) -> None:
        self._written(await file.close(cause))

    def _closed(self, task: asyncio.Task[None]) -> None:
        self._closing.discard(task)
        self._wake.set()

    def _written(self, written: WrittenPart) -> None:
        part, duration_ms = written.part, written.duration_ms
        if duration_ms == 0:
            code = written.cause.value if written.cause is RecordingCause.DISK_FULL else "nothing_to_play"
            self._tell(part, RecordingFailed(part.order.egress_id, part.epoch, code))
            self._spool.remove(written)
        else:
            self._tell(part, RecordingEnded(part.order.egress_id, part.epoch, duration_ms, written.cause))
            self._waiting.append(_Waiting(written, self._clock.monotonic_s()))
            self._wake.set()

    async def _adopt(self) -> None:
        while True:
            for written in await asyncio.to_thread(self._spool.left_over):
                self._written(written)
            await self._clock.sleep(ADOPT_S)

    # ------------------------------------------------------------------------------------------------- what is stored

    async def _store_all(self) -> None:
        while True:
            self._wake.clear()
            if not self._is_busy():
                self._idle.set()
            if not self._waiting or self._store is None:
                await self._wake.wait()
            elif await self._store_one(self._store, self._waiting[0]):
                self._waiting.popleft()
                self._retry_s = RETRY_MIN_S
            else:
                self._waiting.rotate(-1)
                await first_of(self._wake, self._clock, self._retry_s)
                self._retry_s = min(self._retry_s * 2, RETRY_MAX_S)

    async def _store_one(self, store: RecordingStore, waiting: _Waiting) -> bool:
        written, order = waiting.written, waiting.written.part.order
        try:
            peaks = None if written.peaks is None else peaks_path(order.path)
            if written.peaks is not None and peaks is not None:
                await store.put(written.peaks, peaks)
            stored = await store.put(written.sound, order.path)
        except StoreUnavailable as error:
            _log.warning("recording waits for the store", egress_id=order.egress_id, problem=str(error))
            self._give_up(waiting)
            return False
        self._tell(
            written.part,
            RecordingStored(
                order.egress_id,
                written.part.epoch,
                path=order.path,
                size_bytes=stored.size_bytes,
                sha256=stored.sha256,
                duration_ms=written.duration_ms,
                peaks_path=peaks,
            ),
        )
        _log.info("recording stored", egress_id=order.egress_id, size_bytes=stored.size_bytes)
        self._spool.remove(written)
        return True

    def _give_up(self, waiting: _Waiting) -> None:
        if waiting.told or self._clock.monotonic_s() - waiting.since_s < GIVE_UP_S:
            return
        waiting.told = True
        part = waiting.written.part
        _log.error("recording not stored, the file is kept", file=str(waiting.written.sound))
        self._tell(part, RecordingFailed(part.order.egress_id, part.epoch, "store_unavailable"))

    def _tell(self, part: Part, event: ReportEvent) -> None:
        self._report(HeldCall(part.call_id, part.epoch), event)

    def _is_busy(self) -> bool:
        return bool(self._closing or self._waiting)
