"""Recordings on their way: one folder per worker process, locked by it, in it one folder per part.

Folders whose lock is free belonged to processes that are dead: their parts are found, mended and given out as if they
had been written here. So several workers may share one parent folder, and any of them finishes what another left.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from shared.ids import WorkerId
from shared.log import get_logger
from worker.adapters.folder_lock import LOCK, lock_folder
from worker.adapters.part_folder import PartFolder
from worker.adapters.part_writer import PartWriter
from worker.ports import Part, PartFile, RecordingSpool, WrittenPart

_log = get_logger(__name__)


class FolderSpool(RecordingSpool):
    def __init__(self, parent: Path, worker_id: WorkerId) -> None:
        """Raises `OSError` when `parent` cannot be written."""
        self._parent = parent
        self._own = parent / worker_id
        self._own.mkdir(parents=True, mode=0o700)
        self._locks = {self._own: lock_folder(self._own)}

    def open(self, part: Part) -> PartFile:
        path = self._own / f"{part.order.egress_id}.{part.epoch}"
        return PartWriter(part, PartFolder(path, part.order.file_type))

    def left_over(self) -> list[WrittenPart]:
        found: list[WrittenPart] = []
        for folder in sorted(path for path in self._parent.iterdir() if path.is_dir() and path not in self._locks):
            if not self._adopt(folder):
                continue
            for path in sorted(path for path in folder.iterdir() if path.is_dir()):
                if (written := PartFolder.found(path)) is not None:
                    found.append(written)
            self._give_up_if_empty(folder)
        if found:
            _log.info("recordings of dead workers found", parts=len(found))
        return found

    def remove(self, written: WrittenPart) -> None:
        shutil.rmtree(written.sound.parent, ignore_errors=True)
        self._give_up_if_empty(written.sound.parent.parent)

    def close(self) -> None:
        """Parts that are left are found by the next process."""
        for folder, lock in self._locks.items():
            if _is_empty(folder):
                shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)
        self._locks.clear()

    def _adopt(self, folder: Path) -> bool:
        if not any(path.is_dir() for path in folder.iterdir()):
            # Perhaps of a process that is being born and has not locked it yet: nothing is lost by leaving it.
            return False
        try:
            self._locks[folder] = lock_folder(folder)
        except OSError:
            return False  # its process lives
        return True

    def _give_up_if_empty(self, folder: Path) -> None:
        if folder != self._own and folder in self._locks and _is_empty(folder):
            shutil.rmtree(folder, ignore_errors=True)
            os.close(self._locks.pop(folder))


def _is_empty(folder: Path) -> bool:
    return all(path.name == LOCK for path in folder.iterdir())
