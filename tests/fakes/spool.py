"""A spool in memory, with the rules of the real one."""

from __future__ import annotations

import threading
from collections import OrderedDict

from shared import wire
from shared.call_report import Report
from worker import spool_rules
from worker.ports import Batch, Spool


class MemorySpool(Spool):
    def __init__(self, max_bytes: int = spool_rules.MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._calls: OrderedDict[tuple[str, int], list[Report]] = OrderedDict()
        self._dropped = 0
        self.synced = threading.Event()

    def append(self, report: Report) -> bool:
        if not spool_rules.fits(report.event, self.size_bytes, self._max_bytes):
            self._dropped += 1
            return False
        self._calls.setdefault((report.call_id, report.epoch), []).append(report)
        return True

    def oldest(self, max_reports: int) -> Batch | None:
        if not self._calls:
            return None
        reports = next(iter(self._calls.values()))[:max_reports]
        return Batch(reports[0].call_id, reports[0].epoch, tuple(reports))

    def acknowledge(self, batch: Batch) -> None:
        key = (batch.call_id, batch.epoch)
        rest = self._calls[key][len(batch.reports) :]
        if rest:
            self._calls[key] = rest
            self._calls.move_to_end(key)
        else:
            del self._calls[key]

    def sync(self) -> None:
        self.synced.set()

    @property
    def size_bytes(self) -> int:
        return sum(len(wire.dumps(report.to_wire())) + 1 for reports in self._calls.values() for report in reports)

    @property
    def dropped(self) -> int:
        return self._dropped

    def close(self) -> None:
        self._calls.clear()
