"""Recordings of several parts, made one again: fetched from the store, joined, stored beside them.

The API tells which (`shared.recording_order.JoinOrder`), again and again until it is reported; so nothing of it is kept
over a restart, and what cannot be done now is dropped. One at a time, since no caller waits for it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from shared.call_report import RecordingStored, ReportEvent
from shared.ids import EgressId
from shared.log import get_logger
from shared.recording_order import WHOLE, JoinOrder, peaks_path
from shared.worker_link import HeldCall
from worker.ports import Joined, PartJoiner, PartsUnusable, RecordingStore, StoreUnavailable

MAX_WAITING = 16
"""More are dropped; they are told again."""

_log = get_logger(__name__)


class Joiner:
    def __init__(
        self, *, joiner: PartJoiner, store: RecordingStore | None, report: Callable[[HeldCall, ReportEvent], None]
    ) -> None:
        self._joiner = joiner
        self._store = store
        self._report = report
        self._waiting: OrderedDict[EgressId, tuple[HeldCall, JoinOrder]] = OrderedDict()
        self._now: EgressId | None = None
        self._wake = asyncio.Event()

    def join(self, held: HeldCall, order: JoinOrder) -> None:
        """Soon. Saying it again changes nothing."""
        known = order.egress_id in self._waiting or order.egress_id == self._now
        if self._store is not None and not known and len(self._waiting) < MAX_WAITING:
            self._waiting[order.egress_id] = held, order
            self._wake.set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._wake.clear()
            if self._waiting:
                self._now, (held, order) = self._waiting.popitem(last=False)
                await self._join(held, order)
                self._now = None
            else:
                await self._wake.wait()

    async def _join(self, held: HeldCall, order: JoinOrder) -> None:
        folder: Path | None = None
        try:
            folder = await asyncio.to_thread(self._joiner.folder, order.egress_id)
            await self._make(held, order, folder)
        except (StoreUnavailable, PartsUnusable, OSError) as error:
            problem = type(error).__name__ if isinstance(error, OSError) else str(error)
            _log.warning("recording not joined", egress_id=order.egress_id, problem=problem)
        finally:
            if folder is not None:
                await asyncio.shield(asyncio.to_thread(self._joiner.forget, folder))

    async def _make(self, held: HeldCall, order: JoinOrder, folder: Path) -> None:
        assert self._store is not None  # noqa: S101 - `join` takes nothing else
        parts: list[tuple[Path, int]] = []
        for number, (path, starts_ms) in enumerate(order.parts):
            file = folder / f"{number}.{order.file_type.value}"
            await self._store.fetch(path, file)
            parts.append((file, starts_ms))
        joined = await asyncio.to_thread(self._joiner.join, parts, order.file_type, folder)
        self._tell(held, order, joined, await self._stored(order, joined))

    async def _stored(self, order: JoinOrder, joined: Joined) -> tuple[int, str]:
        assert self._store is not None  # noqa: S101 - as above
        await self._store.put(joined.peaks, peaks_path(order.path))
        stored = await self._store.put(joined.sound, order.path)
        return stored.size_bytes, stored.sha256

    def _tell(self, held: HeldCall, order: JoinOrder, joined: Joined, stored: tuple[int, str]) -> None:
        size_bytes, sha256 = stored
        self._report(
            held,
            RecordingStored(
                order.egress_id,
                WHOLE,
                path=order.path,
                size_bytes=size_bytes,
                sha256=sha256,
                duration_ms=joined.duration_ms,
                peaks_path=peaks_path(order.path),
            ),
        )
        _log.info("recording joined", egress_id=order.egress_id, parts=len(order.parts))
