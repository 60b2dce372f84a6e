"""A spool and a store of recordings in memory. They do what they are asked, or fail on purpose."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from shared import pcm
from shared.call_report import RecordingCause
from shared.recording_order import FileType
from worker.ports import (
    Joined,
    Part,
    PartFile,
    PartJoiner,
    PartsUnusable,
    RecordingSpool,
    RecordingStore,
    Stored,
    StoreUnavailable,
    WrittenPart,
)
from worker.timeline import Block


class FakePartFile(PartFile):
    def __init__(self, part: Part, spool: FakeRecordingSpool) -> None:
        self.part = part
        self.blocks: list[Block] = []
        self.fails: RecordingCause | None = None
        self.closed = False
        self.may_close = asyncio.Event()
        self.may_close.set()
        self._spool = spool

    @property
    def audio(self) -> NDArray[np.int16]:
        return np.concatenate(self.blocks, axis=1)

    @property
    def waiting_ms(self) -> int:
        return 0

    @property
    def failure(self) -> RecordingCause | None:
        return self.fails

    def write(self, block: Block) -> None:
        assert not self.closed, "nothing may follow the end"
        if self.fails is None:
            self.blocks.append(block)

    async def close(self, cause: RecordingCause) -> WrittenPart:
        self.closed = True
        await self.may_close.wait()
        samples = sum(block.shape[1] for block in self.blocks)
        name = f"{self.part.order.egress_id}.{self.part.epoch}"
        written = WrittenPart(
            self.part, samples * 1000 // pcm.SAMPLE_RATE_HZ, self.fails or cause, Path(name, "sound"), None
        )
        self._spool.kept.append(written)
        return written


class FakeRecordingSpool(RecordingSpool):
    def __init__(self) -> None:
        self.files: list[FakePartFile] = []
        self.kept: list[WrittenPart] = []
        self.of_the_dead: list[WrittenPart] = []
        """Found by the next look."""

    def open(self, part: Part) -> FakePartFile:
        self.files.append(FakePartFile(part, self))
        return self.files[-1]

    def left_over(self) -> list[WrittenPart]:
        found, self.of_the_dead = self.of_the_dead, []
        self.kept += found
        return found

    def remove(self, written: WrittenPart) -> None:
        self.kept.remove(written)


class FakeRecordingStore(RecordingStore):
    """`fail_next`: how many files are refused before one is taken. `refused`: paths that are never taken. `slow`: paths
    whose files are on their way until they are no longer in there, and `changed` is set."""

    def __init__(self) -> None:
        self.files: dict[str, Path] = {}
        self.fail_next = 0
        self.refused: set[str] = set()
        self.slow: set[str] = set()
        self.changed = asyncio.Event()
        self.tried: list[str] = []
        self.on_their_way: list[str] = []

    async def put(self, file: Path, path: str) -> Stored:
        self.tried.append(path)
        self.on_their_way.append(path)
        try:
            return await self._put(file, path)
        finally:
            self.on_their_way.remove(path)

    async def _put(self, file: Path, path: str) -> Stored:
        await asyncio.sleep(0)
        while path in self.slow:
            await self.changed.wait()
        if path in self.refused:
            raise StoreUnavailable("refused")
        if self.fail_next > 0:
            self.fail_next -= 1
            raise StoreUnavailable("down")
        self.files[path] = file
        return Stored(len(path), hashlib.sha256(path.encode()).hexdigest())

    async def fetch(self, path: str, file: Path) -> None:
        await asyncio.sleep(0)
        if path not in self.files:
            raise StoreUnavailable("not there")


class FakeJoiner(PartJoiner):
    """`unusable`: parts cannot be joined."""

    def __init__(self) -> None:
        self.folders: set[Path] = set()
        self.joined: list[list[int]] = []
        """When the parts of each file began."""
        self.unusable = False

    def folder(self, name: str) -> Path:
        self.folders.add(Path(name))
        return Path(name)

    def join(self, parts: Sequence[tuple[Path, int]], file_type: FileType, folder: Path) -> Joined:
        if self.unusable:
            raise PartsUnusable("nothing to play")
        self.joined.append([starts_ms for _, starts_ms in parts])
        return Joined(folder / f"whole.{file_type.value}", folder / "peaks.json", 90_000)

    def forget(self, folder: Path) -> None:
        self.folders.remove(folder)
