"""Recordings on their way: a folder per worker process (`worker.adapters.process_folders`), in it one per part.

Parts of dead processes are found, mended and given out as if they had been written here.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from shared.ids import WorkerId
from shared.log import get_logger
from worker.adapters.part_folder import PartFolder
from worker.adapters.part_writer import PartWriter
from worker.adapters.process_folders import ProcessFolders
from worker.ports import Part, PartFile, RecordingSpool, WrittenPart

_log = get_logger(__name__)


class FolderSpool(RecordingSpool):
    def __init__(self, parent: Path, worker_id: WorkerId) -> None:
        """Raises `OSError` when `parent` cannot be written."""
        self._folders = ProcessFolders(parent, worker_id)

    @property
    def own(self) -> Path:
        """The folder of this process. What else lies in it is thrown away when the process has died."""
        return self._folders.own

    def open(self, part: Part) -> PartFile:
        path = self._folders.own / f"{part.order.egress_id}.{part.epoch}"
        return PartWriter(part, PartFolder(path, part.order.file_type))

    def left_over(self) -> list[WrittenPart]:
        found: list[WrittenPart] = []
        for folder in self._folders.adopt():
            for path in sorted(path for path in folder.iterdir() if path.is_dir()):
                if (written := PartFolder.found(path)) is not None:
                    found.append(written)
        if found:
            _log.info("recordings of dead workers found", parts=len(found))
        return found

    def remove(self, written: WrittenPart) -> None:
        shutil.rmtree(written.sound.parent, ignore_errors=True)
        self._folders.give_up_if_empty(written.sound.parent.parent)

    def close(self) -> None:
        """Parts that are left are found by the next process."""
        self._folders.close()
