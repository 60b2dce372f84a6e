"""One part of a recording, written by a thread of its own: a slow disk holds up nobody but this file.

Blocks wait in a queue of 10 s. When it is full, the newest block is dropped and becomes as much silence in front of the
next one that is taken, so that everything after it stays where it belongs.
"""

from __future__ import annotations

import asyncio
import errno
import threading
from collections import deque

import numpy as np

from shared import pcm
from shared.call_report import RecordingCause
from shared.log import get_logger
from worker.adapters.audio_file import AudioFile
from worker.adapters.part_folder import PartFolder
from worker.peaks import Peaks
from worker.ports import Part, PartFile, WrittenPart
from worker.timeline import BLOCK_MS, Block

QUEUE_BLOCKS = 10_000 // BLOCK_MS
AT_ONCE = 6
"""Blocks that a thread is woken up for."""
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

_log = get_logger(__name__)


class PartWriter(PartFile):
    def __init__(self, part: Part, folder: PartFolder) -> None:
        self._part = part
        self._folder = folder
        self._queue: deque[Block] = deque()
        self._missing = 0
        """Samples that were dropped and stand in front of the next block."""
        self._dropped = 0
        self._written = 0
        self._failure: RecordingCause | None = None
        self._closing: RecordingCause | None = None
        self._wake = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._done: asyncio.Future[WrittenPart] = self._loop.create_future()
        threading.Thread(target=self._run, name="recording", daemon=True).start()

    @property
    def waiting_ms(self) -> int:
        return len(self._queue) * BLOCK_MS

    @property
    def failure(self) -> RecordingCause | None:
        return self._failure

    @property
    def dropped_ms(self) -> float:
        return self._dropped * 1000 / pcm.SAMPLE_RATE_HZ

    def write(self, block: Block) -> None:
        if self._failure is not None:
            return
        if len(self._queue) >= QUEUE_BLOCKS:
            self._missing += block.shape[1]
            self._dropped += block.shape[1]
            return
        if self._missing:
            block = np.concatenate([np.zeros((block.shape[0], self._missing), dtype=np.int16), block], axis=1)
            self._missing = 0
        self._queue.append(block)
        if len(self._queue) >= AT_ONCE:
            self._wake.set()

    async def close(self, cause: RecordingCause) -> WrittenPart:
        self._closing = cause
        self._wake.set()
        return await asyncio.shield(self._done)

    # ------------------------------------------------------------------------------------------------ in the thread

    def _run(self) -> None:
        peaks = Peaks(self._part.order.channels.size)
        try:
            self._folder.begin(self._part)
            self._encode(peaks)
        except Exception as error:
            self._fail(error)
        while self._closing is None:
            # Failed: there is nothing to do but to wait for the end.
            self._wake.wait()
            self._wake.clear()
        self._end(peaks, self._failure or self._closing)

    def _encode(self, peaks: Peaks) -> None:
        file = AudioFile(self._folder.sound, self._part.order.file_type, self._part.order.channels.size)
        try:
            while self._closing is None or self._queue:
                self._wake.wait()
                self._wake.clear()
                if self._queue:
                    block = np.concatenate([self._queue.popleft() for _ in range(len(self._queue))], axis=1)
                    file.write(block)
                    peaks.add(block)
                    self._written += block.shape[1]
        finally:
            file.close()

    def _fail(self, error: Exception) -> None:
        full = getattr(error, "errno", None) in _FULL
        self._failure = RecordingCause.DISK_FULL if full else RecordingCause.ENCODER_FAILED
        self._queue.clear()
        _log.error("recording fails", egress_id=self._part.order.egress_id, error=type(error).__name__)

    def _end(self, peaks: Peaks, cause: RecordingCause) -> None:
        duration_ms = self._written * 1000 // pcm.SAMPLE_RATE_HZ
        if self._failure is not None:
            duration_ms = self._folder.mended_ms(self._part)
        else:
            self._folder.finish()
        written = self._folder.end(self._part, duration_ms, cause, peaks.to_json())
        if self._dropped:
            _log.warning("recording has holes", egress_id=self._part.order.egress_id, dropped_ms=round(self.dropped_ms))
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._set_done, written)

    def _set_done(self, written: WrittenPart) -> None:
        if not self._done.done():
            self._done.set_result(written)
