"""The room's adapter against a real LiveKit server. (That no task is left is looked after for every test.)"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import time
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

import pytest
from livekit import rtc

from scripts.caller.clips import spoken
from scripts.caller.phone import Phone
from scripts.caller.release import release
from shared import pcm
from shared.clock import SystemClock
from shared.ids import Identity, RoomName
from tests.integration.worker.rooms import Rooms
from tests.integration.worker.stack import CALLER, until
from tests.support.livekit_server import LiveKitServer
from tests.support.until import patient
from tests.support.until import until as wait_until
from worker.adapters import ffi_events, livekit_room
from worker.adapters.livekit_room import LiveKitRoom
from worker.adapters.microphone import Microphone
from worker.ports import (
    AgentAudible,
    AgentMood,
    MicrophoneOff,
    MicrophoneOn,
    Pcm,
    PersonJoined,
    PersonLeft,
    RoomCloseCause,
    RoomClosed,
    RoomEvent,
    RoomUnreachable,
)

AGENT = Identity("ai-agent-tests")
TONE_50_MS = b"\x00\x20\x00\xe0" * (pcm.bytes_of(50) // 4)

_Event = TypeVar("_Event")


class Place:
    """A room, the adapter in it, and what the adapter told."""

    def __init__(self, livekit: LiveKitServer) -> None:
        self.livekit = livekit
        self.rooms = Rooms(livekit)
        self.name = RoomName(f"room-{secrets.token_hex(6)}")
        self.agent = LiveKitRoom(livekit.url, self.rooms.agent_token(AGENT, self.name), SystemClock())
        self.events: list[RoomEvent] = []

    async def phone(self) -> Phone:
        phone = Phone(SystemClock(), lambda *_: None)
        await phone.join(self.livekit.url, self.rooms.caller_token(CALLER, self.name))
        return phone

    def of(self, kind: type[_Event]) -> list[_Event]:
        return [event for event in self.events if isinstance(event, kind)]

    async def wait_for(self, kind: type[_Event], condition: Callable[[_Event], bool] = lambda _: True) -> _Event:
        await until(f"{kind.__name__} is told", lambda: any(condition(event) for event in self.of(kind)))
        return next(event for event in self.of(kind) if condition(event))


@pytest.fixture
async def place(livekit: LiveKitServer) -> AsyncIterator[Place]:
    place = Place(livekit)
    await place.rooms.make(place.name)
    yield place
    await place.agent.leave()


def listen_to(frames: AsyncIterator[Pcm]) -> tuple[asyncio.Task[None], list[float]]:
    """A reader, to be cancelled; and the lengths in ms of what it was given so far."""
    lengths: list[float] = []

    async def read() -> None:
        async for frame in frames:
            lengths.append(pcm.ms_of(len(frame)))

    return asyncio.create_task(read()), lengths


async def test_a_person_who_comes_is_heard_and_told_when_they_go(place: Place) -> None:
    await place.agent.join(place.events.append)
    phone = await place.phone()
    try:
        assert (await place.wait_for(PersonJoined)).identity == CALLER
        microphone = await place.wait_for(MicrophoneOn)
        await place.wait_for(AgentAudible)
        frames = place.agent.microphone(microphone.track_id)
        frame = await anext(frames)
        assert 20 <= pcm.ms_of(len(frame)) <= 50
        await frames.aclose()  # type: ignore[attr-defined]
    finally:
        await phone.hang_up()
    left = await place.wait_for(PersonLeft)
    assert (left.identity, left.on_purpose) == (CALLER, True)
    await place.wait_for(MicrophoneOff)


async def test_a_person_who_is_there_already_is_told_while_joining(place: Place) -> None:
    phone = await place.phone()
    try:
        await place.agent.join(place.events.append)
        assert place.of(PersonJoined) == [PersonJoined(CALLER)]
        await place.wait_for(MicrophoneOn)
    finally:
        await phone.hang_up()


async def test_a_microphone_that_nobody_called_so_is_heard_unless_there_is_one_that_is(place: Place) -> None:
    await place.agent.join(place.events.append)
    token = place.rooms.caller_token(CALLER, place.name)
    person, sources = rtc.Room(), [rtc.AudioSource(pcm.SAMPLE_RATE_HZ, 1) for _ in range(2)]
    unnamed, named = (rtc.LocalAudioTrack.create_audio_track(f"track {n}", s) for n, s in enumerate(sources))
    try:
        await person.connect(place.livekit.url, token)
        me = person.local_participant
        first = await me.publish_track(unnamed)
        await place.wait_for(MicrophoneOn, lambda event: event.track_id == first.sid)
        microphone = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        second = await me.publish_track(named, microphone)
        await place.wait_for(MicrophoneOn, lambda event: event.track_id == second.sid)
        await me.unpublish_track(second.sid)
        await place.wait_for(MicrophoneOff, lambda event: event.track_id == second.sid)
        heard = [event.track_id for event in place.of(MicrophoneOn)]
        assert heard == [first.sid, second.sid, first.sid]
    finally:
        await person.disconnect()
        for source in sources:
            await release(source)


async def test_a_person_who_is_removed_did_not_leave_on_purpose(place: Place) -> None:
    await place.agent.join(place.events.append)
    phone = await place.phone()
    await place.wait_for(PersonJoined)
    await place.rooms.remove(place.name, CALLER)
    assert not (await place.wait_for(PersonLeft)).on_purpose
    await phone.hang_up()


async def test_a_reader_that_is_cancelled_leaves_nothing_behind(place: Place) -> None:
    await place.agent.join(place.events.append)
    phone = await place.phone()
    microphone = await place.wait_for(MicrophoneOn)
    listening, heard = listen_to(place.agent.microphone(microphone.track_id))
    await until("something is heard", lambda: len(heard) > 5)
    await phone.hang_up()
    await place.wait_for(MicrophoneOff)
    listening.cancel()
    async with asyncio.timeout(patient(2)):
        await asyncio.gather(listening, return_exceptions=True)


async def test_silence_that_may_wait_comes_in_longer_frames_and_a_word_in_short_ones(place: Place) -> None:
    await place.agent.join(place.events.append)
    phone = await place.phone()
    microphone = await place.wait_for(MicrophoneOn)
    listening, lengths = listen_to(place.agent.microphone(microphone.track_id, lambda: True))
    try:
        await until("silence comes in longer frames", lambda: lengths[-3:] == [60, 60, 60])
        await phone.microphone.say(spoken("Hello.")).began_s
        await until("a word comes in short ones", lambda: lengths[-3:] == [20, 20, 20])
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await phone.hang_up()


async def test_lines_of_the_native_log_do_not_come_as_events(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("LIVEKIT_RTC_DEBUG", "1")
    caplog.set_level(logging.DEBUG, "livekit")
    await place.agent.join(place.events.append)
    phone = await place.phone()
    await place.wait_for(MicrophoneOn)
    await phone.hang_up()
    await place.wait_for(PersonLeft)
    assert [record.getMessage() for record in caplog.records if record.name == "livekit"] == []


async def test_what_is_played_is_queued_until_it_is_stopped(place: Place) -> None:
    await place.agent.join(place.events.append)
    for _ in range(4):
        await place.agent.play(TONE_50_MS)
    assert 150 < place.agent.queued_ms() <= 200
    place.agent.stop_playing()
    assert place.agent.queued_ms() == 0


async def test_a_player_that_is_cancelled_leaves_a_source_that_closes(place: Place) -> None:
    await place.agent.join(place.events.append)
    playing = asyncio.create_task(place.agent.play(TONE_50_MS))
    await asyncio.sleep(0)
    playing.cancel()
    await asyncio.gather(playing, return_exceptions=True)
    await place.agent.play(TONE_50_MS)


@pytest.mark.parametrize(("how", "cause"), [("close", RoomCloseCause.DELETED), ("remove", RoomCloseCause.REMOVED)])
async def test_a_room_that_closes_says_why(place: Place, how: str, cause: RoomCloseCause) -> None:
    await place.agent.join(place.events.append)
    await _until_visible(place)
    if how == "close":
        await place.rooms.close(place.name)
    else:
        await place.rooms.remove(place.name, AGENT)
    assert (await place.wait_for(RoomClosed)).cause is cause
    await place.agent.tell("topic", b"into the void")
    await place.agent.show_mood(AgentMood.LISTENING)
    await place.agent.caption(CALLER, None, "segment", "words", final=True)


async def test_another_agent_with_the_same_identity_takes_the_place(place: Place) -> None:
    await place.agent.join(place.events.append)
    other = LiveKitRoom(place.livekit.url, place.rooms.agent_token(AGENT, place.name), SystemClock())
    await other.join(lambda _: None)
    assert (await place.wait_for(RoomClosed)).cause is RoomCloseCause.SUPERSEDED
    await other.leave()


async def test_the_agents_state_is_its_attribute(place: Place) -> None:
    await place.agent.join(place.events.append)
    await place.agent.show_mood(AgentMood.THINKING)
    await _until_visible(place)
    assert AGENT in await place.rooms.people_in(place.name)


async def test_a_room_that_is_not_there_cannot_be_joined(livekit: LiveKitServer) -> None:
    place = Place(livekit)
    with pytest.raises(RoomUnreachable):
        await place.agent.join(place.events.append)
    await place.agent.leave()


@pytest.mark.parametrize("how", ["cancelled", "too slow"])
async def test_who_is_given_up_on_the_way_does_not_stay(
    place: Place, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if how == "too slow":
        monkeypatch.setattr(livekit_room, "CONNECT_S", 0.0)
    joining = asyncio.create_task(place.agent.join(place.events.append))
    for _ in range(3):
        await asyncio.sleep(0)  # the request is on its way
    if how == "cancelled":
        joining.cancel()
    (outcome,) = await asyncio.gather(joining, return_exceptions=True)
    assert isinstance(outcome, RoomUnreachable if how == "too slow" else asyncio.CancelledError)
    await place.agent.leave()
    assert place.agent._room.local_participant.identity == AGENT, "it did come about"
    await _until_gone(place)
    assert place.events == []


async def test_a_connection_that_never_comes_about_is_not_waited_for_for_ever(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(livekit_room, "CONNECT_S", 0.0)
    monkeypatch.setattr(livekit_room, "LATE_S", 0.1)
    monkeypatch.setattr(place.agent, "_connect", asyncio.Event().wait)
    with pytest.raises(RoomUnreachable):
        await place.agent.join(place.events.append)
    await place.agent.leave()


async def test_leaving_twice_and_without_having_joined(livekit: LiveKitServer) -> None:
    place = Place(livekit)
    await place.agent.leave()
    await place.agent.leave()


async def test_a_room_that_cannot_be_left_is_still_taken_down(
    livekit: LiveKitServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(livekit)
    released: list[str] = []

    async def fails() -> None:
        raise RuntimeError("no engine")

    async def release(_: object, what: str) -> None:
        released.append(what)

    monkeypatch.setattr(place.agent._room, "disconnect", fails)
    monkeypatch.setattr(livekit_room, "release", release)
    await place.agent.leave()
    assert released == ["audio source"]


async def _until_visible(place: Place) -> None:
    deadline_s = time.monotonic() + 5
    while AGENT not in await place.rooms.people_in(place.name):
        assert time.monotonic() < deadline_s, "the agent is not in the room"
        await asyncio.sleep(0.05)


async def _until_gone(place: Place) -> None:
    async def is_gone() -> bool:
        return AGENT not in await place.rooms.people_in(place.name)

    await wait_until(is_gone, "the agent is out of the room")


async def test_a_reader_that_is_cancelled_twice_leaves_nothing_behind(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the caller's track ends, and a moment later the call: a worker kept the room, the call, and half a
    megabyte of native memory of every call that ended so."""
    opened: list[Microphone] = []

    class Noted(Microphone):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given)
            opened.append(self)

    monkeypatch.setattr(livekit_room, "Microphone", Noted)
    await place.agent.join(place.events.append)
    phone = await place.phone()
    try:
        track_id = (await place.wait_for(MicrophoneOn)).track_id
        heard = asyncio.Event()

        async def read() -> None:
            async for _ in place.agent.microphone(track_id):
                heard.set()

        reading = asyncio.create_task(read())
        await heard.wait()
        for _ in range(2):
            reading.cancel()
            await asyncio.sleep(0)
        await asyncio.gather(reading, return_exceptions=True)
        (microphone,) = opened
        events = ffi_events.ffi_events()

        async def is_forgotten() -> bool:
            queues = [queue for queue, _, _ in events._subscribers]
            return microphone._handle not in events._streams and microphone._stream._ffi_queue not in queues

        await wait_until(is_forgotten, "the stream is forgotten")
    finally:
        await phone.hang_up()


async def test_native_threads_keep_their_place_in_the_interpreter(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is lost after each event is made anew for the next: then this is called for each of them."""
    held: list[int] = []
    hold = ffi_events._hold_gil

    def counted() -> None:
        held.append(hold())

    monkeypatch.setattr(ffi_events, "_hold_gil", counted)
    await place.agent.join(place.events.append)
    phone = await place.phone()
    try:
        frames = place.agent.microphone((await place.wait_for(MicrophoneOn)).track_id)
        for _ in range(50):
            await anext(frames)
        await frames.aclose()  # type: ignore[attr-defined]
    finally:
        await phone.hang_up()
    assert len(held) <= (os.cpu_count() or 1) + 2
