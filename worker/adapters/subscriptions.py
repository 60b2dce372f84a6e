"""Looks after the subscriptions of one `rtc.Room`: what `worker.subscription_watch` wants done is done here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from livekit import rtc

from shared.clock import Clock
from shared.ids import Identity
from shared.log import get_logger
from worker.ports import MicrophoneFound, MicrophoneMissing, RoomCloseCause, RoomClosed, RoomEvent
from worker.subscription_watch import Do, Step, SubscriptionWatch

LOOK_S = 0.25

Microphones = Mapping[str, tuple[Identity, rtc.RemoteTrackPublication]]
"""Those of the people in the room, by the id of the track."""

_log = get_logger(__name__)


class Subscriptions:
    def __init__(
        self,
        room: rtc.Room,
        clock: Clock,
        *,
        microphones: Callable[[], Microphones],
        is_given: Callable[[str], bool],
        tell: Callable[[RoomEvent], None],
    ) -> None:
        """`is_given`: whether the sound of this track can be read."""
        self._room = room
        self._clock = clock
        self._microphones = microphones
        self._is_given = is_given
        self._tell = tell
        self._watch = SubscriptionWatch()
        self._looking: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._room.on("reconnected", self._watch.came_back)
        self._looking = asyncio.create_task(self._look(), name="subscriptions of a room")

    async def aclose(self) -> None:
        """Safe at any time, also twice."""
        looking, self._looking = self._looking, None
        if looking is not None:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)

    async def _look(self) -> None:
        while True:
            await self._clock.sleep(LOOK_S)
            there = self._microphones()
            given = {track_id: self._is_given(track_id) for track_id in there}
            connected = self._room.connection_state == rtc.ConnectionState.CONN_CONNECTED
            for do in self._watch.look(self._clock.monotonic_s(), given, connected=connected):
                if do.step is Step.GIVE_UP:
                    _log.error("a microphone is not given to us, leaving", track=do.track_id)
                    self._tell(RoomClosed(RoomCloseCause.DEAF))
                    return
                self._do(do, *there[do.track_id])

    def _do(self, do: Do, who: Identity, publication: rtc.RemoteTrackPublication) -> None:
        match do.step:
            case Step.TELL_MISSING:
                _log.warning("a microphone is not given to us, asking again", track=do.track_id)
                self._tell(MicrophoneMissing(who, do.track_id))
            case Step.TELL_FOUND:
                _log.info("a microphone is given to us after all", track=do.track_id, after_ms=do.after_ms)
                self._tell(MicrophoneFound(who, do.track_id, do.after_ms))
            case step:
                _set_subscribed(publication, step is Step.ASK)


def _set_subscribed(publication: rtc.RemoteTrackPublication, subscribed: bool) -> None:
    try:
        publication.set_subscribed(subscribed)
    except Exception as error:  # bare ones: the SDK has let go of the publication meanwhile
        _log.debug("a subscription could not be changed", error=type(error).__name__)
