"""The adapter around `worker.path_watch`: what it reads, and whom it asks before it tells that a path is lost."""

from __future__ import annotations

from typing import Any, cast

import pytest
from livekit import rtc
from livekit.rtc._proto import stats_pb2

from tests.fakes.clock import FakeClock, settle
from worker.adapters.path_looks import PathLooks, counts_of
from worker.path_watch import PathCounts
from worker.ports import PathGap, PathLost, RoomEvent

CONNECTED, RECONNECTING = rtc.ConnectionState.CONN_CONNECTED, rtc.ConnectionState.CONN_RECONNECTING


def statistics(
    *, sent: int = 0, answered: int = 0, trips: int = 0, lost_in: int = 0, lost_out: int = 0, carried: int = 0
) -> list[stats_pb2.RtcStats]:
    transport, used, other, inbound, outbound, remote = (stats_pb2.RtcStats() for _ in range(6))
    transport.transport.transport.selected_candidate_pair_id = "CP2"
    other.candidate_pair.rtc.id = "CP1"
    other.candidate_pair.candidate_pair.requests_sent = 77
    used.candidate_pair.rtc.id = "CP2"
    used.candidate_pair.candidate_pair.requests_sent = sent
    used.candidate_pair.candidate_pair.responses_received = answered
    used.candidate_pair.candidate_pair.current_round_trip_time = 0.02
    inbound.inbound_rtp.received.packets_lost = lost_in
    inbound.inbound_rtp.received.packets_received = outbound.outbound_rtp.sent.packets_sent = carried
    remote.remote_inbound_rtp.received.packets_lost = lost_out
    remote.remote_inbound_rtp.remote_inbound.round_trip_time_measurements = trips
    return [other, inbound, transport, used, outbound, remote]


def test_the_pair_in_use_counts() -> None:
    counted = counts_of(statistics(sent=9, answered=7, trips=3, lost_in=4, lost_out=5, carried=6))
    assert counted == PathCounts("CP2", 9, 7, 3, 0.02, 4, 5, came=6, went=6)
    assert counts_of([]) is None
    assert counts_of(statistics()[:2]) is None


class Room:
    """What is used of an `rtc.Room`."""

    def __init__(self) -> None:
        self.connection_state = CONNECTED
        self.sent = self.answered = self.lost_in = 0
        self.answers = True
        self.fails = False

    async def get_rtc_stats(self) -> rtc.RtcStats:
        if self.fails:
            raise RuntimeError("the room isn't connected")
        self.sent += 1
        self.answered += self.answers
        carried = 100 * self.answered
        counted = statistics(sent=self.sent, answered=self.answered, lost_in=self.lost_in, carried=carried)
        return rtc.RtcStats(counted, [])


class Looks:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.room: Any = Room()
        self.told: list[RoomEvent] = []
        self.asked = 0
        self.is_there = True
        self.looks = PathLooks(cast(Any, self.room), self.clock, is_server_there=self._is_there, tell=self.told.append)

    async def _is_there(self) -> bool:
        self.asked += 1
        return self.is_there


@pytest.fixture
async def looks() -> Any:
    looks = Looks()
    looks.looks.start()
    await settle()
    yield looks
    await looks.looks.aclose()
    await looks.looks.aclose()


async def test_a_dead_path_is_told_once_and_not_looked_at_any_more(looks: Looks) -> None:
    await looks.clock.advance(5)
    assert looks.asked == 0
    looks.room.answers = False
    last_s = looks.clock.monotonic_s()
    await looks.clock.advance(4)
    (lost,) = looks.told
    assert isinstance(lost, PathLost)
    assert last_s - 2.5 <= lost.alive_s <= last_s
    assert looks.asked == 1
    sent = looks.room.sent
    await looks.clock.advance(5)
    assert looks.room.sent == sent


async def test_nobody_leaves_a_media_server_that_has_stopped(looks: Looks) -> None:
    await looks.clock.advance(5)
    looks.room.answers = looks.is_there = False
    await looks.clock.advance(12)
    assert looks.asked > 1
    assert looks.told == []
    looks.is_there = looks.room.answers = True
    await looks.clock.advance(12)
    assert looks.told == []
    looks.room.answers = False
    await looks.clock.advance(8)
    assert isinstance(looks.told[-1], PathLost)


async def test_while_the_sdk_connects_anew_nothing_is_judged(looks: Looks) -> None:
    await looks.clock.advance(3)
    looks.room.answers, looks.room.connection_state = False, RECONNECTING
    await looks.clock.advance(12)
    looks.room.connection_state, looks.room.fails = CONNECTED, True
    await looks.clock.advance(12)
    assert looks.told == []


async def test_what_was_lost_meanwhile_is_told(looks: Looks) -> None:
    await looks.clock.advance(5)
    looks.room.answers = False
    await looks.clock.advance(1)
    looks.room.answers, looks.room.lost_in = True, 60
    await looks.clock.advance(4)
    (gap,) = looks.told
    assert isinstance(gap, PathGap)
    assert (gap.lost_in, gap.lost_out) == (60, 0)
