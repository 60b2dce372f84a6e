"""From what happens in calls to acknowledged reports: numbering, spooling, and the one task that sends.

One sender for the whole process, so a call's reports arrive in the order of their `seq`. Everything is sent again until
it is acknowledged; the API knows duplicates by (call, epoch, seq). An API that is away for minutes costs disk, no call.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable

from shared.call_report import MAX_BATCH, CallEnded, Report, ReportEvent
from shared.clock import Clock
from shared.log import get_logger
from shared.worker_link import HeldCall
from worker.ports import ApiUnreachable, Batch, ControlApi, ReportsRefused, Spool
from worker.waiting import first_of

SYNC_S = 1.0
"""What was appended survives `kill -9` at once and a crash of the machine after this long."""
RETRY_MIN_S = 0.2
RETRY_MAX_S = 5.0

_log = get_logger(__name__)


class Reporter:
    def __init__(
        self,
        spool: Spool,
        api: ControlApi,
        clock: Clock,
        on_report: Callable[[HeldCall, ReportEvent], None] = lambda *_: None,
    ) -> None:
        """`on_report` hears of everything that calls report, as it is reported."""
        self._on_report = on_report
        self._spool = spool
        self._api = api
        self._clock = clock
        self._seq: dict[HeldCall, int] = {}
        self._last_us = 0
        self._wake = asyncio.Event()
        self._empty = asyncio.Event()
        self._back = asyncio.Event()
        self._unsynced = False

    def for_call(self, call: HeldCall) -> Callable[[ReportEvent], None]:
        return lambda event: self.report(call, event)

    def report(self, call: HeldCall, event: ReportEvent) -> None:
        """Keep and, sooner or later, deliver. Never blocks for the network, never raises."""
        seq = self._seq.get(call, 0) + 1
        if self._keep(call, seq, event):
            self._seq[call] = seq
        self._on_report(call, event)
        if isinstance(event, CallEnded):
            _log.info("call ended", reason=event.reason.value, detail=event.detail)

    def report_by_time(self, call: HeldCall, event: ReportEvent) -> None:
        """The same for what may be told after the call's job, or by another process than the job's: numbered by the
        time in microseconds, so that no number comes twice."""
        self._last_us = max(self._last_us + 1, self._clock.now_ms() * 1000)
        self._keep(call, self._last_us, event)

    def _keep(self, call: HeldCall, seq: int, event: ReportEvent) -> bool:
        kept = self._spool.append(Report(call.call_id, call.epoch, seq, self._clock.now_ms(), event))
        if kept:
            self._unsynced = True
            self._empty.clear()
            self._wake.set()
        else:
            _log.warning("report dropped", kind=type(event).__name__, dropped=self._spool.dropped)
        return kept

    def forget(self, call: HeldCall) -> None:
        """Nothing more will be reported about this call."""
        self._seq.pop(call, None)

    def api_is_back(self) -> None:
        """What waits for its next attempt is sent now."""
        self._back.set()

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._send())
            tasks.create_task(self._sync())

    async def flush(self, limit_s: float) -> bool:
        """Wait until all is delivered; False when it was not within `limit_s`. `run` must be running."""
        self._wake.set()
        return await first_of(self._empty, self._clock, limit_s)

    async def _send(self) -> None:
        retry_s = RETRY_MIN_S
        while True:
            self._wake.clear()
            batch = self._spool.oldest(MAX_BATCH)
            if batch is None:
                self._empty.set()
                await self._wake.wait()
                continue
            self._back.clear()
            try:
                await self._deliver(batch)
                retry_s = RETRY_MIN_S
            except ApiUnreachable:
                _log.debug("reports wait for the API", size_bytes=self._spool.size_bytes)
                await first_of(self._back, self._clock, retry_s * random.uniform(0.5, 1.0))  # noqa: S311 - jitter
                retry_s = min(retry_s * 2, RETRY_MAX_S)

    async def _deliver(self, batch: Batch) -> None:
        try:
            refused = await self._api.deliver(batch.reports)
        except ReportsRefused:
            refused = await self._deliver_one_by_one(batch)
        if refused:
            _log.warning("reports refused by the API", count=refused)
        self._spool.acknowledge(batch)

    async def _deliver_one_by_one(self, batch: Batch) -> int:
        """One that cannot be taken must not block the others."""
        refused = 0
        for report in batch.reports:
            try:
                refused += await self._api.deliver([report])
            except ReportsRefused:
                refused += 1
        return refused

    async def _sync(self) -> None:
        while True:
            await self._clock.sleep(SYNC_S)
            if self._unsynced:
                self._unsynced = False
                with contextlib.suppress(OSError):
                    await asyncio.to_thread(self._spool.sync)
