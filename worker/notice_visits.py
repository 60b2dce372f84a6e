"""How people are told, in a call without an agent, that it is recorded.

The recorder is hidden, and a client plays nothing of somebody whom it does not know to be there. So another participant
comes, whom everybody sees, says the stored line and goes; it hears nobody. Its words go to the recorder as they are
played, as an agent's do. Nothing waits for a visit, and one that fails is logged, nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from shared import pcm
from shared.call_report import Happened, HappenedKind, ReportEvent
from shared.clock import Clock
from shared.log import get_logger
from worker.clip import Clip
from worker.ports import AgentAudible, CallRoom, RoomEvent, RoomUnreachable
from worker.recorder import Recorder
from worker.tapped_room import TappedRoom
from worker.waiting import first_of

JOIN_S = 5.0
AUDIBLE_S = 2.0
"""Nobody has said that somebody is subscribed: speak anyway, the file is to have it."""
OTHERS_S = 0.5
"""What is told is that one is subscribed; the others are a moment later."""
PIECE_MS = 100
AHEAD_MS = 200
"""Enough for a loop that is busy for a tenth of a second now and then."""
TAIL_S = 0.3
"""On its way to people, and in their jitter buffers."""

_log = get_logger(__name__)


class NoticeVisits:
    """Those of one recorder's job, one after another."""

    def __init__(
        self,
        make_room: Callable[[], CallRoom],
        line: Clip,
        clock: Clock,
        recorder: Recorder,
        report: Callable[[ReportEvent], None],
    ) -> None:
        """`make_room`: for one visit each; it is played to, and not listened to."""
        self._make_room = make_room
        self._line = line
        self._clock = clock
        self._recorder = recorder
        self._report = report
        self._one_at_a_time = asyncio.Lock()
        self._visits: set[asyncio.Task[None]] = set()

    def begin(self) -> None:
        """A recording has begun, and the people in the call are to hear it. Returns at once."""
        visit = asyncio.create_task(self._visit(), name="recording notice")
        self._visits.add(visit)
        visit.add_done_callback(self._visits.discard)

    async def aclose(self) -> None:
        """Who is in the room leaves it, and says no more."""
        visits = list(self._visits)
        for visit in visits:
            visit.cancel()
        await asyncio.gather(*visits, return_exceptions=True)

    async def _visit(self) -> None:
        async with self._one_at_a_time:
            try:
                await self._say_in(TappedRoom(self._make_room(), self._recorder))
            except RoomUnreachable as error:
                _log.warning("recording notice not said", problem=str(error))
            except Exception:
                _log.exception("recording notice failed")

    async def _say_in(self, room: CallRoom) -> None:
        joined, audible = asyncio.Event(), asyncio.Event()

        def on_event(event: RoomEvent) -> None:
            if isinstance(event, AgentAudible):
                audible.set()

        joining = asyncio.create_task(room.join(on_event))
        joining.add_done_callback(lambda _: joined.set())
        try:
            if not await first_of(joined, self._clock, JOIN_S):
                raise RoomUnreachable("too slow")
            await joining
            if await first_of(audible, self._clock, AUDIBLE_S):
                await self._clock.sleep(OTHERS_S)
            if self._recorder.running:
                await self._say(room)
        finally:
            joining.cancel()
            await asyncio.gather(joining, return_exceptions=True)
            await room.leave()

    async def _say(self, room: CallRoom) -> None:
        _log.info("recording notice is said")
        self._report(Happened(HappenedKind.CLIP_PLAYED, self._line.name.value))
        piece_bytes = pcm.bytes_of(PIECE_MS)
        for start in range(0, len(self._line.audio), piece_bytes):
            while room.queued_ms() > AHEAD_MS:
                await self._clock.sleep(PIECE_MS / 1000)
            await room.play(self._line.audio[start : start + piece_bytes])
        await self._clock.sleep(room.queued_ms() / 1000 + TAIL_S)
