"""A signalling connection that was resumed late, against a real LiveKit server: everybody is heard again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from scripts.caller.clips import spoken
from scripts.caller.phone import Phone
from scripts.faults.frame_proxy import FrameProxy, frame_proxy
from shared.clock import SystemClock
from shared.ids import Identity
from tests.integration.worker.stack import CALLEE, CALLER, until
from tests.integration.worker.test_livekit_room import AGENT, Place
from tests.support.livekit_server import LiveKitServer
from worker.adapters.livekit_room import LiveKitRoom
from worker.ports import (
    MicrophoneFound,
    MicrophoneMissing,
    MicrophoneOff,
    MicrophoneOn,
    PersonJoined,
    PersonLeft,
    RoomClosed,
    RoomEvent,
)

HOLD_S = 3.5
"""The SDK waits 3 s for who is in the room."""
LOUD = 3000


@pytest.fixture
async def proxy(livekit: LiveKitServer) -> AsyncIterator[FrameProxy]:
    async with frame_proxy(livekit.port) as proxy:
        yield proxy


class Listener:
    """Reads every microphone that is told, as agents and recorders do."""

    def __init__(self, room: LiveKitRoom) -> None:
        self.room = room
        self.events: list[RoomEvent] = []
        self.loudest: dict[Identity, int] = {}
        self._readers: dict[str, asyncio.Task[None]] = {}

    def on_event(self, event: RoomEvent) -> None:
        self.events.append(event)
        if isinstance(event, MicrophoneOn):
            self._readers[event.track_id] = asyncio.create_task(self._read(event))
        if isinstance(event, MicrophoneOff):
            self._readers.pop(event.track_id).cancel()

    async def leave(self) -> None:
        for reader in self._readers.values():
            reader.cancel()
        await asyncio.gather(*self._readers.values(), return_exceptions=True)
        await self.room.leave()

    def count(self, kind: type[RoomEvent]) -> int:
        return sum(isinstance(event, kind) for event in self.events)

    async def _read(self, microphone: MicrophoneOn) -> None:
        async for frame in self.room.microphone(microphone.track_id):
            loudest = int(np.abs(np.frombuffer(frame, dtype="<i2").astype(np.int32)).max())
            self.loudest[microphone.identity] = max(self.loudest.get(microphone.identity, 0), loudest)


async def test_whoever_publishes_is_heard_again_after_a_resume_that_was_told_late(
    livekit: LiveKitServer, proxy: FrameProxy
) -> None:
    """By an agent and by a recorder."""
    place = Place(livekit)
    await place.rooms.make(place.name)
    url, agent, recorder = f"ws://127.0.0.1:{proxy.port}", AGENT, Identity("ai-agent-recorder-tests")
    listeners = [
        Listener(LiveKitRoom(url, place.rooms.agent_token(agent, place.name), SystemClock())),
        Listener(LiveKitRoom(url, place.rooms.recorder_token(recorder, place.name), SystemClock(), speaks=False)),
    ]
    phones = {who: Phone(SystemClock(), lambda *_: None) for who in (CALLER, CALLEE)}

    async def told(kind: type[RoomEvent], times: int) -> None:
        await until(f"{kind.__name__} is told {times} times", lambda: all(_.count(kind) == times for _ in listeners))

    async def all_are_heard() -> None:
        for who, phone in phones.items():
            for listener in listeners:
                listener.loudest[who] = 0
            phone.microphone.say(spoken("Hello, can you hear me?"))
            await until(f"{who} is heard", lambda who=who: all(_.loudest[who] > LOUD for _ in listeners))  # type: ignore[misc]

    try:
        for listener in listeners:
            await listener.room.join(listener.on_event)
        for who, phone in phones.items():
            await phone.join(livekit.url, place.rooms.caller_token(who, place.name))
        await told(MicrophoneOn, 2)
        await all_are_heard()
        proxy.hold_s = HOLD_S
        proxy.cut(reset=True)
        await told(PersonJoined, 4)
        await told(MicrophoneOff, 2)
        for listener in listeners:
            left = [event for event in listener.events if isinstance(event, PersonLeft)]
            assert {event.identity for event in left} == set(phones)
            assert [(event.on_purpose, event.unseen) for event in left] == [(False, True)] * 2
        await told(MicrophoneOn, 4)
        await all_are_heard()
        await told(MicrophoneFound, 2)
        await told(MicrophoneMissing, 2)
        await told(RoomClosed, 0)
    finally:
        for phone in phones.values():
            await phone.hang_up()
        for listener in listeners:
            await listener.leave()
