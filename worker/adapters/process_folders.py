"""One folder per worker process under a shared parent, locked by its process.

Folders whose lock is free belonged to processes that are dead: what is in them is given to whoever looks first. So
several workers may share one parent folder, and any of them finishes what another left.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from shared.ids import WorkerId
from worker.adapters.folder_lock import LOCK, lock_folder


class ProcessFolders:
    def __init__(self, parent: Path, worker_id: WorkerId) -> None:
        """Raises `OSError` when `parent` cannot be written."""
        self._parent = parent
        self.own = parent / worker_id
        self.own.mkdir(parents=True, mode=0o700)
        self._locks = {self.own: lock_folder(self.own)}

    def adopt(self) -> Iterator[Path]:
        """Each folder of a dead process, once; it is ours from now on."""
        for folder in sorted(path for path in self._parent.iterdir() if path.is_dir() and path not in self._locks):
            if self._is_adopted(folder):
                yield folder
                self.give_up_if_empty(folder)

    def give_up_if_empty(self, folder: Path) -> None:
        if folder != self.own and folder in self._locks and _is_empty(folder):
            shutil.rmtree(folder, ignore_errors=True)
            os.close(self._locks.pop(folder))

    def close(self) -> None:
        """What is left is found by the next process."""
        for folder, lock in self._locks.items():
            if _is_empty(folder):
                shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)
        self._locks.clear()

    def _is_adopted(self, folder: Path) -> bool:
        try:
            if _is_empty(folder):
                # Perhaps of a process that is being born and has not locked it yet: nothing is lost by leaving it.
                return False
            self._locks[folder] = lock_folder(folder)
        except OSError:
            return False  # its process lives, or another one was quicker
        return True


def _is_empty(folder: Path) -> bool:
    return all(path.name == LOCK for path in folder.iterdir())
