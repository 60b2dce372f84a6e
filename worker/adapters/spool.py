"""The spool on disk: one directory per worker process, in it one append-only file per call and epoch, in it one JSON
line per report.

- Written with one unbuffered `write` per report: what was appended survives `kill -9` of the process. `sync` makes it
  survive a crash of the machine; it is called once a second, off the loop, so such a crash loses the last second.
- A torn last line (killed within the write, disk full) is skipped when reading.
- Acknowledged reports are forgotten by a position in memory; a file goes when all of it is acknowledged. After a crash
  an unfinished file is sent again from its beginning: the API knows duplicates.
- The directory is locked by its process. At start the directories of dead processes (whose lock is free) are adopted,
  so several workers may share one parent directory.
"""

from __future__ import annotations

import os
import shutil
from collections import OrderedDict
from pathlib import Path

from shared import wire
from shared.call_report import MAX_BYTES as MAX_REPORT_BYTES
from shared.call_report import Report
from shared.ids import WorkerId
from shared.log import get_logger
from worker import spool_rules
from worker.adapters.folder_lock import lock_folder
from worker.ports import Batch, Spool

SUFFIX = ".reports.jsonl"

_log = get_logger(__name__)


class DiskSpool(Spool):
    def __init__(self, parent: Path, worker_id: WorkerId, *, max_bytes: int = spool_rules.MAX_BYTES) -> None:
        """Raises `OSError` when `parent` cannot be written."""
        self._max_bytes = max_bytes
        self._dropped = 0
        self._files: OrderedDict[str, _File] = OrderedDict()
        self._dir = parent / worker_id
        self._dir.mkdir(parents=True, mode=0o700)
        self._lock = lock_folder(self._dir)
        self._adopted: list[tuple[Path, int]] = []
        self._adopt_the_dead(parent)

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self._files.values())

    @property
    def dropped(self) -> int:
        return self._dropped

    def append(self, report: Report) -> bool:
        if not spool_rules.fits(report.event, self.size_bytes, self._max_bytes):
            self._dropped += 1
            return False
        key = f"{report.call_id}.{report.epoch}"
        if key not in self._files:
            self._files[key] = _File(self._dir / f"{key}{SUFFIX}")
        try:
            self._files[key].append(wire.dumps(report.to_wire()).encode() + b"\n")
        except OSError as error:
            _log.error("report could not be written", error=error.strerror)
            self._dropped += 1
            return False
        return True

    def oldest(self, max_reports: int) -> Batch | None:
        while self._files:
            key, file = next(iter(self._files.items()))
            reports = file.peek(max_reports)
            if reports:
                return Batch(reports[0].call_id, reports[0].epoch, tuple(reports))
            self._remove(key)
        return None

    def acknowledge(self, batch: Batch) -> None:
        key, file = next(iter(self._files.items()))
        file.skip_peeked()
        if file.exhausted:
            self._remove(key)
        else:
            # Other calls get their turn before this one's next batch.
            self._files.move_to_end(key)

    def sync(self) -> None:
        for file in list(self._files.values()):
            file.sync()

    def close(self) -> None:
        for file in self._files.values():
            file.close()
        left = bool(self._files)
        self._files.clear()
        os.close(self._lock)
        if not left:
            shutil.rmtree(self._dir, ignore_errors=True)

    def _remove(self, key: str) -> None:
        self._files.pop(key).remove()
        for directory, lock in list(self._adopted):
            if not any(directory.glob(f"*{SUFFIX}")):
                self._adopted.remove((directory, lock))
                shutil.rmtree(directory, ignore_errors=True)
                os.close(lock)

    def _adopt_the_dead(self, parent: Path) -> None:
        for directory in sorted(parent.iterdir()):
            if directory == self._dir or not directory.is_dir():
                continue
            try:
                lock = lock_folder(directory)
            except OSError:
                continue  # its process lives
            paths = sorted(directory.glob(f"*{SUFFIX}"), key=lambda path: path.stat().st_mtime)
            if not paths:
                # Perhaps of a process that is being born and has not locked it yet: nothing is lost by leaving it.
                os.close(lock)
                continue
            self._adopted.append((directory, lock))
            for path in paths:
                self._files[f"{directory.name}/{path.name}"] = _File(path)
        if self._files:
            _log.info("reports of dead workers found", calls=len(self._files), size_bytes=self.size_bytes)


class _File:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._end = os.fstat(self._fd).st_size
        self._read_to = 0
        self._peeked_to = 0

    @property
    def size_bytes(self) -> int:
        return self._end - self._read_to

    @property
    def exhausted(self) -> bool:
        return self._read_to >= self._end

    def append(self, line: bytes) -> None:
        written = os.write(self._fd, line)
        self._end += written
        if written != len(line):
            # Disk full in the middle of a line: end it, so that the next report does not grow on to it.
            self._end += os.write(self._fd, b"\n")
            raise OSError(28, "No space left on device")

    def peek(self, max_reports: int) -> list[Report]:
        """The next reports, at most `max_reports` and `MAX_REPORT_BYTES`; lines that are torn are passed over."""
        data = os.pread(self._fd, min(self._end - self._read_to, MAX_REPORT_BYTES), self._read_to)
        reports: list[Report] = []
        self._peeked_to = self._read_to
        for line in data.splitlines(keepends=True):
            whole = line.endswith(b"\n")
            if not whole and self._peeked_to + len(line) < self._end:
                break  # cut off by the size of the read, not torn
            self._peeked_to += len(line)
            if whole and (report := _parse(line)) is not None:
                reports.append(report)
            if len(reports) == max_reports:
                break
        if not reports:
            self._read_to = self._peeked_to
        return reports

    def skip_peeked(self) -> None:
        self._read_to = self._peeked_to

    def sync(self) -> None:
        if self._fd >= 0:
            os.fsync(self._fd)

    def close(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def remove(self) -> None:
        self.close()
        self._path.unlink(missing_ok=True)


def _parse(line: bytes) -> Report | None:
    try:
        return Report.from_wire(wire.parse_object(line, max_bytes=MAX_REPORT_BYTES))
    except wire.WireError:
        _log.warning("a spooled report cannot be read", size_bytes=len(line))
        return None
