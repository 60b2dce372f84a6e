"""``python -m scripts.bench_recording.long_call HOURS``: one long recording, fed faster than real time.

The worker's own recorder, archive, spool and folder store, with a clock that goes as fast as the file is written. It
prints one JSON object: memory after each quarter of an hour, and how long the file took from the end of the call to the
store, verified.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import structlog

from scripts.bench import meter
from shared import pcm
from shared.call_report import RecordingCause, RecordingStored, ReportEvent
from shared.claims import Claim
from shared.clock import SystemClock
from shared.ids import CallId, EgressId, Identity, RoomName, WorkerId
from shared.recording_order import Channels, FileType, RecordingOrder
from shared.store_access import S3Access
from shared.store_address import parse_address
from shared.worker_link import HeldCall
from worker.adapters.object_store import ObjectStore
from worker.adapters.recording_spool import FolderSpool
from worker.archive import TICK_S, Archive
from worker.ports import FRAME_MS
from worker.recorder import Recorder

QUARTER_S = 900
CALLER, CALLEE = Identity("caller"), Identity("callee")
STORE_WITHIN_S = 120.0


@dataclass(slots=True)
class FastClock(SystemClock):
    """`monotonic_s` goes as it is told; sleeping is real."""

    passed_s: float = 0.0

    def monotonic_s(self) -> float:
        return self.passed_s


@dataclass(slots=True)
class Outcome:
    hours: float
    memory_mb: list[float] = field(default_factory=list)
    """After each quarter of an hour."""
    ready_s: float = 0.0
    """From the end of the call until it is stored and verified."""
    size_mb: float = 0.0
    duration_s: float = 0.0


async def run(hours: float, directory: Path) -> Outcome:
    clock, real, outcome = FastClock(), SystemClock(), Outcome(hours)
    stored: list[RecordingStored] = []

    def told(_: HeldCall, event: ReportEvent) -> None:
        if isinstance(event, RecordingStored):
            stored.append(event)

    spool = FolderSpool(directory / "spool", WorkerId("bench"))
    store = ObjectStore(parse_address(f"file://{directory / 'store'}"), S3Access())
    archive = Archive(spool=spool, store=store, clock=clock, report=told)
    recorder = archive.recorder(_claim())
    recorder.start(RecordingOrder(EgressId("EG_long"), FileType.MP4, "call/long.mp4", Channels.TWO_PARTY))
    for _ in range(round(hours * 3600 / QUARTER_S)):
        await _feed(recorder, clock, QUARTER_S)
        outcome.memory_mb.append(meter.memory_mb([os.getpid()]))
    storing = asyncio.create_task(archive.run())
    ended_s = real.monotonic_s()
    archive.release(recorder, RecordingCause.CALL_OVER)
    while not stored and real.monotonic_s() - ended_s < STORE_WITHIN_S:
        await real.sleep(0.01)
    outcome.ready_s = real.monotonic_s() - ended_s
    storing.cancel()
    await asyncio.gather(storing, return_exceptions=True)
    spool.close()
    outcome.size_mb, outcome.duration_s = stored[0].size_bytes / 1e6, stored[0].duration_ms / 1000
    return outcome


async def _feed(recorder: Recorder, clock: FastClock, seconds: int) -> None:
    """Two people, one after the other, as frames of a microphone; noise, which is the most work for a coder."""
    noise = np.random.default_rng(7).normal(0, 3_000, (50, pcm.SAMPLE_RATE_HZ * FRAME_MS // 1000)).astype("<i2")
    frames = [row.tobytes() for row in noise]
    ticks = round(TICK_S * 1000 / FRAME_MS)
    for at in range(seconds * 1000 // FRAME_MS):
        clock.passed_s += FRAME_MS / 1000
        speaks = at // 250 % 2 == 0
        recorder.hear(CALLER, frames[at % 50] if speaks else bytes(len(frames[0])))
        recorder.hear(CALLEE, bytes(len(frames[0])) if speaks else frames[at % 50])
        if at % ticks == 0:
            recorder.tick()
            while recorder.waiting_ms > 2_000:
                # As fast as it is written and no faster: a full queue would drop.
                await clock.sleep(0.005)


def _claim() -> Claim:
    return Claim(
        call_id=CallId("0190-bench"),
        epoch=1,
        room_name=RoomName("bench"),
        caller_identity=CALLER,
        agent_identity=Identity("recorder"),
        livekit_url="",
        token="",
        system_prompt="",
        greeting=None,
        voice="",
        model="",
        max_duration_s=1,
        idle_timeout_s=1,
        reconnect_grace_s=1,
    )


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with tempfile.TemporaryDirectory(prefix="voice-bench-") as directory:
        outcome = asyncio.run(run(float(sys.argv[1]), Path(directory)))
    print(
        json.dumps(
            {
                "hours": outcome.hours,
                "memoryMb": [round(mb, 1) for mb in outcome.memory_mb],
                "readyS": round(outcome.ready_s, 3),
                "sizeMb": round(outcome.size_mb, 1),
                "durationS": round(outcome.duration_s, 1),
            }
        )
    )


if __name__ == "__main__":
    main()
