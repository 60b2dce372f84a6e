"""A recorder and its archive between fakes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np

from shared import pcm
from shared.call_report import ReportEvent
from shared.ids import EgressId
from shared.recording_order import Channels, FileType, RecordingOrder
from shared.worker_link import HeldCall
from tests.fakes.clock import FakeClock, settle
from tests.fakes.recording import FakeRecordingSpool, FakeRecordingStore
from tests.support.until import patient
from tests.unit.worker.harness import CALLER, make_claim
from worker.archive import Archive

FRAME_MS = 20
FIRST, SECOND = EgressId("EG_1"), EgressId("EG_2")


def order(egress_id: EgressId = FIRST, channels: Channels = Channels.TWO_PARTY) -> RecordingOrder:
    return RecordingOrder(egress_id, FileType.MP4, f"call/{egress_id}.mp4", channels)


def sound(loudness: int) -> bytes:
    """A frame."""
    return np.full(pcm.SAMPLE_RATE_HZ * FRAME_MS // 1000, loudness, dtype="<i2").tobytes()


class Recording:
    """One job's recorder; its time passes only when a test says so."""

    def __init__(self, *, has_store: bool = True) -> None:
        self.clock = FakeClock()
        self.spool = FakeRecordingSpool()
        self.store = FakeRecordingStore()
        self.news = asyncio.Event()
        self.told: list[tuple[HeldCall, ReportEvent]] = []
        self.archive = Archive(
            spool=self.spool,
            store=self.store if has_store else None,
            clock=self.clock,
            report=self._tell,
        )
        self.recorder = self.archive.recorder(make_claim())

    @property
    def events(self) -> list[ReportEvent]:
        return [event for _, event in self.told]

    def last(self) -> type[ReportEvent]:
        """What kind of thing was told last."""
        return type(self.events[-1])

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.archive.run())
        await settle()
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def caller_talks(self, loudness: int, ms: int) -> None:
        for _ in range(ms // FRAME_MS):
            await self.clock.advance(FRAME_MS / 1000)
            self.recorder.hear(CALLER, sound(loudness))

    async def until(self, kind: type[ReportEvent]) -> None:
        """Files are looked for in a thread, whose time is not the clock's."""
        async with asyncio.timeout(patient(5)):
            while not any(isinstance(event, kind) for event in self.events):
                self.news.clear()
                await self.news.wait()

    def _tell(self, held: HeldCall, event: ReportEvent) -> None:
        self.told.append((held, event))
        self.news.set()
