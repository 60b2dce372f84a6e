"""The shell around `worker.subscription_watch`, with a room that does not do what it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest
from livekit import rtc

from shared.ids import Identity
from tests.fakes.clock import FakeClock
from worker.adapters.subscriptions import Subscriptions
from worker.ports import MicrophoneFound, MicrophoneMissing, RoomCloseCause, RoomClosed, RoomEvent

CALLER = Identity("user_1")
TRACK = "TR_mic"


class Publication:
    def __init__(self) -> None:
        self.asked: list[bool] = []
        self.is_gone = False

    def set_subscribed(self, subscribed: bool) -> None:
        if self.is_gone:
            raise Exception("invalid handle")
        self.asked.append(subscribed)


class Place:
    def __init__(self) -> None:
        self.clock = FakeClock()
        self.listeners: dict[str, Any] = {}
        self.room = SimpleNamespace(on=self.listeners.__setitem__, connection_state=rtc.ConnectionState.CONN_CONNECTED)
        self.publication = Publication()
        self.given: set[str] = set()
        self.told: list[RoomEvent] = []
        there: Any = {TRACK: (CALLER, self.publication)}
        self.subscriptions = Subscriptions(
            self.room,  # type: ignore[arg-type]
            self.clock,
            microphones=lambda: there,
            is_given=self.given.__contains__,
            tell=self.told.append,
        )


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    place = Place()
    place.subscriptions.start()
    yield place
    await place.subscriptions.aclose()
    await place.subscriptions.aclose()


async def test_what_is_not_given_is_asked_for_and_told(place: Place) -> None:
    place.listeners["reconnected"]()
    await place.clock.advance(1.3)
    assert place.publication.asked == [False, True]
    place.given.add(TRACK)
    await place.clock.advance(10)
    assert place.told == [MicrophoneMissing(CALLER, TRACK), MicrophoneFound(CALLER, TRACK, 1250)]
    assert place.publication.asked == [False, True]


async def test_who_cannot_be_heard_after_the_connection_broke_ends_our_stay(place: Place) -> None:
    place.listeners["reconnected"]()
    await place.clock.advance(4)
    assert place.publication.asked == [False, True, False, True]
    assert place.told == [MicrophoneMissing(CALLER, TRACK), RoomClosed(RoomCloseCause.DEAF)]
    await place.clock.advance(60)
    assert len(place.told) == 2


async def test_nothing_is_asked_of_a_connection_that_is_away(place: Place) -> None:
    place.room.connection_state = rtc.ConnectionState.CONN_RECONNECTING
    await place.clock.advance(30)
    assert place.told == []
    assert place.publication.asked == []


async def test_a_publication_that_has_gone_meanwhile_stops_nobody(place: Place) -> None:
    place.listeners["reconnected"]()
    place.publication.is_gone = True
    await place.clock.advance(1.3)
    place.publication.is_gone = False
    await place.clock.advance(2)
    assert place.publication.asked == [False, True]
