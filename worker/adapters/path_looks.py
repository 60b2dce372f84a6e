"""Looks at what the connections of one `rtc.Room` count, and tells when its media do not get through any more: what it
means is decided in `worker.path_watch`.

One look costs 1.2 ms of a core, so there is one a second while all is well. Whose fault it is that nothing comes back
is asked once more before anything is told: a media server that does not answer its HTTP port either has stopped, and
who is in its rooms waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from livekit import rtc

from shared.clock import Clock
from shared.log import get_logger
from worker.path_watch import PathCounts, PathState, PathWatch
from worker.ports import PathGap, PathLost, RoomEvent

COUNT_S = 1.0
"""A look that takes longer tells nothing."""

IsServerThere = Callable[[], Awaitable[bool]]

_log = get_logger(__name__)


class PathLooks:
    def __init__(
        self, room: rtc.Room, clock: Clock, *, is_server_there: IsServerThere, tell: Callable[[RoomEvent], None]
    ) -> None:
        self._room = room
        self._clock = clock
        self._is_server_there = is_server_there
        self._tell = tell
        self._watch = PathWatch()
        self._server_was_away = False
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._looking = asyncio.create_task(self._look(), name="path of a room")

    async def aclose(self) -> None:
        """Safe at any time, also twice."""
        looking, self._looking = self._looking, None
        if looking is not None:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)

    async def _look(self) -> None:
        while True:
            await self._clock.sleep(self._watch.wait_s)
            state = await self._look_once()
            if (hole := self._watch.hole()) is not None:
                _log.warning("for a while nothing got through", lost_in=hole.lost_in, lost_out=hole.lost_out)
                self._tell(PathGap(hole.alive_s, hole.lost_in, hole.lost_out))
            if state is PathState.DEAD and await self._is_ours():
                _log.error("nothing gets through to the media server, leaving", unanswered=self._watch.unanswered)
                self._tell(PathLost(self._watch.alive_s))
                return

    async def _look_once(self) -> PathState:
        connected = self._room.connection_state == rtc.ConnectionState.CONN_CONNECTED
        counts = await self._count() if connected else None
        if counts is None:
            # The SDK is connecting anew, and knows why.
            self._watch.excuse(self._clock.monotonic_s())
            return self._watch.state
        return self._watch.look(counts, self._clock.monotonic_s())

    async def _is_ours(self) -> bool:
        """Whether the media server is there, and it is our path to it that is dead."""
        is_there = await self._is_server_there()
        if is_there and not self._server_was_away:
            return await self._look_once() is PathState.DEAD
        # One that was away a moment ago has not answered yet what it was asked.
        self._server_was_away = not is_there
        self._watch.excuse(self._clock.monotonic_s())
        return False

    async def _count(self) -> dict[str, PathCounts] | None:
        try:
            async with asyncio.timeout(COUNT_S):
                stats = await self._room.get_rtc_stats()
        except Exception as error:  # bare ones, and `RuntimeError`
            _log.debug("a room could not be counted", error=type(error).__name__)
            return None
        of_both = {"publisher": stats.publisher_stats, "subscriber": stats.subscriber_stats}
        return {name: found for name, of_one in of_both.items() if (found := counts_of(of_one)) is not None}


def counts_of(stats: Iterable[Any]) -> PathCounts | None:
    """Of one connection's statistics (`RtcStats`); None while it uses no pair of addresses."""
    pairs: dict[str, Any] = {}
    used, round_trips = "", 0
    came, lost_in, went, lost_out = 0, 0, 0, 0
    for one in stats:
        match one.WhichOneof("stats"):
            case "transport":
                used = one.transport.transport.selected_candidate_pair_id
            case "candidate_pair":
                pairs[one.candidate_pair.rtc.id] = one.candidate_pair.candidate_pair
            case "inbound_rtp":
                came += one.inbound_rtp.received.packets_received
                lost_in += one.inbound_rtp.received.packets_lost
            case "outbound_rtp":
                went += one.outbound_rtp.sent.packets_sent
            case "remote_inbound_rtp":
                lost_out += one.remote_inbound_rtp.received.packets_lost
                round_trips += one.remote_inbound_rtp.remote_inbound.round_trip_time_measurements
    pair = pairs.get(used)
    if pair is None:
        return None
    return PathCounts(
        pair=used,
        requests_sent=pair.requests_sent,
        answers_received=pair.responses_received,
        round_trips=round_trips,
        round_trip_s=pair.current_round_trip_time,
        lost_in=lost_in,
        lost_out=lost_out,
        came=came,
        went=went,
    )
