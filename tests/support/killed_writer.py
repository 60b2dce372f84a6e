"""``python -m tests.support.killed_writer FOLDER TYPE COUNT SEED``: sound files whose writers are killed (SIGKILL) at
random moments. Prints a line per file: its path, and how many ms had been written.

A process of its own, since it forks: a child writes ten blocks of 100 ms per 10 ms of time and says so after each.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import numpy as np

from shared.recording_order import FileType
from worker.adapters.audio_file import AudioFile
from worker.timeline import BLOCK_MS

LEAST_MS, MOST_MS = 3_000, 20_000
PAUSE_S = 0.001


def main(folder: Path, file_type: FileType, count: int, seed: int) -> None:
    choose = random.Random(seed)  # noqa: S311 - not a secret
    for number in range(count):
        path = folder / f"{number}.{file_type.value}"
        until_ms = choose.uniform(LEAST_MS, MOST_MS)
        print(path, killed_after(path, file_type, until_ms, choose.uniform(0, PAUSE_S)), flush=True)


def killed_after(path: Path, file_type: FileType, until_ms: float, later_s: float) -> int:
    """Gives what was written for sure; a block more may be there."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _write_for_ever(path, file_type, writing)
    os.close(writing)
    written_ms = 0
    while written_ms < until_ms:
        written_ms += BLOCK_MS * len(os.read(reading, 1))
    time.sleep(later_s)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while os.read(reading, 1):
        written_ms += BLOCK_MS
    os.close(reading)
    return written_ms


def _write_for_ever(path: Path, file_type: FileType, told: int) -> None:
    file = AudioFile(path, file_type, 2)
    samples = np.arange(2_400)
    block = np.stack([(8_000 * np.sin(samples / 9)).astype(np.int16), np.zeros(2_400, dtype=np.int16)])
    while True:
        file.write(block)
        os.write(told, b".")
        time.sleep(PAUSE_S)


if __name__ == "__main__":
    main(Path(sys.argv[1]), FileType(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
