"""Parts of a recording, fetched, joined and stored; and what happens when that cannot be done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from shared.call_report import RecordingStored, ReportEvent
from shared.ids import CallId, EgressId
from shared.recording_order import WHOLE, FileType, JoinOrder
from shared.worker_link import HeldCall
from tests.fakes.recording import FakeJoiner, FakeRecordingStore
from tests.support.until import patient
from worker.joiner import MAX_WAITING, Joiner

HELD = HeldCall(CallId("0190-call"), 2)


def order(name: str = "EG_1") -> JoinOrder:
    return JoinOrder(
        EgressId(name), FileType.MP4, f"c/{name}.parts-1-2.mp4", ((f"c/{name}.mp4", 0), (f"c/{name}.part-2.mp4", 9_000))
    )


class Scene:
    def __init__(self, *, has_store: bool = True) -> None:
        self.store, self.parts = FakeRecordingStore(), FakeJoiner()
        self.store.files |= {path: Path(path) for path, _ in order().parts}
        self.told: list[tuple[HeldCall, ReportEvent]] = []
        self.joiner = Joiner(
            joiner=self.parts,
            store=self.store if has_store else None,
            report=lambda held, event: self.told.append((held, event)),
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.joiner.run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def until_idle(self) -> None:
        async with asyncio.timeout(patient(5)):
            while self.joiner._waiting or self.joiner._now:
                await asyncio.to_thread(lambda: None)


async def test_it_is_stored_beside_its_parts_and_told() -> None:
    scene = Scene()
    async with scene.running():
        scene.joiner.join(HELD, order())
        scene.joiner.join(HELD, order())
        await scene.until_idle()
    ((held, stored),) = scene.told
    assert held == HELD
    assert isinstance(stored, RecordingStored)
    assert (stored.part, stored.path, stored.duration_ms) == (WHOLE, "c/EG_1.parts-1-2.mp4", 90_000)
    assert {stored.path, stored.peaks_path} <= scene.store.files.keys()
    assert scene.parts.joined == [[0, 9_000]]
    assert scene.parts.folders == set(), "nothing is left behind"


async def test_what_cannot_be_done_now_is_done_when_it_is_told_again() -> None:
    scene = Scene()
    async with scene.running():
        scene.store.fail_next = 1
        scene.joiner.join(HELD, order())
        await scene.until_idle()
        scene.parts.unusable = True
        scene.joiner.join(HELD, order())
        await scene.until_idle()
        del scene.store.files["c/EG_1.mp4"]
        scene.joiner.join(HELD, order())
        await scene.until_idle()
        assert scene.told == []
        assert scene.parts.folders == set()
        scene.parts.unusable = False
        scene.store.files["c/EG_1.mp4"] = Path("again")
        scene.joiner.join(HELD, order())
        await scene.until_idle()
    assert len(scene.told) == 1


async def test_more_than_it_can_hold_is_dropped_and_without_a_store_everything() -> None:
    scene, nowhere = Scene(), Scene(has_store=False)
    for number in range(2 * MAX_WAITING):
        scene.joiner.join(HELD, order(f"EG_{number}"))
        nowhere.joiner.join(HELD, order(f"EG_{number}"))
    assert len(scene.joiner._waiting) == MAX_WAITING
    assert not nowhere.joiner._waiting
