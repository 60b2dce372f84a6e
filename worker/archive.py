"""The recordings of this process, from the last block to the store, whatever happens to their calls meanwhile.

::

    recorder ──finish──▶ closed, reported as ended ──▶ waits ──▶ stored, verified, reported ──▶ forgotten
    dead processes' parts ───────────────────────────────┘ ▲         │ the store does not take it
                                                           └─────────┘ later again; after a day it is told once

A part leaves the spool only when the store has all of it. A few are stored at the same time, so that a large one holds
up no other; which is next, and when, stands in `worker.store_line`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from shared.call_report import RecordingCause, RecordingEnded, RecordingFailed, RecordingStored, ReportEvent
from shared.claims import Claim
from shared.clock import Clock
from shared.log import get_logger
from shared.recording_order import peaks_path
from shared.worker_link import HeldCall
from worker.ports import Part, PartFile, RecordingSpool, RecordingStore, StoreUnavailable, WrittenPart
from worker.recorder import Recorder
from worker.store_line import StoreLine, Waiting
from worker.waiting import first_of

TICK_S = 0.2
AT_ONCE = 4
"""Files on their way to the store. A large one holds some 25 MB of memory meanwhile."""
ADOPT_S = 30.0
"""Between two looks for parts of processes that died beside this one."""

_log = get_logger(__name__)


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
        self._line = StoreLine()
        self._changed = asyncio.Event()
        self._idle = asyncio.Event()

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
        self._recorders.remove(recorder)
        recorder.close(cause)

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._tick())
            tasks.create_task(self._adopt())
            if self._store is not None:
                for _ in range(AT_ONCE):
                    tasks.create_task(self._work(self._store))

    async def flush(self, limit_s: float) -> bool:
        """Wait until everything that has ended is closed and stored; False when it was not within `limit_s`."""
        self._note()
        return await first_of(self._idle, self._clock, limit_s)

    # ------------------------------------------------------------------------------------------------ what is written

    async def _tick(self) -> None:
        while True:
            await self._clock.sleep(TICK_S)
            for recorder in self._recorders:
                recorder.tick()

    def _finish(self, file: PartFile, cause: RecordingCause) -> None:
        task = asyncio.create_task(self._close(file, cause))
        self._closing.add(task)
        task.add_done_callback(self._closed)
        self._note()

    async def _close(self, file: PartFile, cause: RecordingCause) -> None:
        self._written(await file.close(cause))

    def _closed(self, task: asyncio.Task[None]) -> None:
        self._closing.discard(task)
        self._note()

    def _written(self, written: WrittenPart) -> None:
        part, duration_ms = written.part, written.duration_ms
        if duration_ms == 0:
            code = written.cause.value if written.cause is RecordingCause.DISK_FULL else "nothing_to_play"
            self._tell(part, RecordingFailed(part.order.egress_id, part.epoch, code, written.cause))
            self._spool.remove(written)
        else:
            self._tell(part, RecordingEnded(part.order.egress_id, part.epoch, duration_ms, written.cause))
            self._line.add(Waiting(written, self._clock.monotonic_s()))
            self._note()

    async def _adopt(self) -> None:
        while True:
            for written in await asyncio.to_thread(self._spool.left_over):
                self._written(written)
            await self._clock.sleep(ADOPT_S)

    # ------------------------------------------------------------------------------------------------- what is stored

    async def _work(self, store: RecordingStore) -> None:
        while True:
            self._changed.clear()
            waiting = self._line.take(self._clock.monotonic_s())
            if waiting is None:
                await self._wait()
                continue
            if await self._store_one(store, waiting.written):
                self._line.done()
            else:
                self._failed(waiting)
            self._note()

    async def _wait(self) -> None:
        wait_s = self._line.wait_s(self._clock.monotonic_s())
        if wait_s is None:
            await self._changed.wait()
        else:
            await first_of(self._changed, self._clock, wait_s)

    async def _store_one(self, store: RecordingStore, written: WrittenPart) -> bool:
        order = written.part.order
        try:
            peaks = None if written.peaks is None else peaks_path(order.path)
            if written.peaks is not None and peaks is not None:
                await store.put(written.peaks, peaks)
            stored = await store.put(written.sound, order.path)
        except StoreUnavailable as error:
            _log.warning("recording waits for the store", egress_id=order.egress_id, problem=str(error))
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

    def _failed(self, waiting: Waiting) -> None:
        now_s = self._clock.monotonic_s()
        self._line.failed(waiting, now_s)
        for late in self._line.overdue(now_s):
            part = late.written.part
            _log.error("recording not stored, the file is kept", file=str(late.written.sound))
            self._tell(part, RecordingFailed(part.order.egress_id, part.epoch, "store_unavailable"))

    def _tell(self, part: Part, event: ReportEvent) -> None:
        self._report(HeldCall(part.call_id, part.epoch), event)

    def _note(self) -> None:
        """What is closed or waits is not what it was."""
        self._changed.set()
        if self._line.is_empty and not self._closing:
            self._idle.set()
        else:
            self._idle.clear()
