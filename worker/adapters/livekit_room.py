"""The agent's place in a room, over `livekit.rtc`, on the process's own event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from livekit import rtc
from livekit.agents.types import (
    ATTRIBUTE_AGENT_STATE,
    ATTRIBUTE_TRANSCRIPTION_FINAL,
    ATTRIBUTE_TRANSCRIPTION_SEGMENT_ID,
    ATTRIBUTE_TRANSCRIPTION_TRACK_ID,
    TOPIC_TRANSCRIPTION,
)

from shared import pcm
from shared.clock import Clock
from shared.ids import Identity, is_agent_identity
from shared.log import get_logger
from worker.adapters.chat import Chat
from worker.adapters.ffi_events import ffi_events
from worker.adapters.microphone import Microphone
from worker.adapters.native_release import release
from worker.adapters.path_looks import IsServerThere, PathLooks
from worker.adapters.subscriptions import Microphones, Subscriptions
from worker.adapters.voices import Voices
from worker.ports import (
    FRAME_MS,
    AgentAudible,
    AgentMood,
    CallRoom,
    CaptionStream,
    MayWait,
    MicrophoneMuted,
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

PLAY_QUEUE_MS = 400
"""Never filled: the mouth keeps it below its own mark, so that `capture_frame` returns at once."""
VOICE_BITRATE = 64_000
"""Bits a second of the agent's voice while it speaks. From here on Opus codes it as sound; below, as speech, which
costs twice the processor time, also for silence."""
CONNECT_S = 10.0
LATE_S = 15.0
"""Longer than that after it was given up, a connection is not waited for to be undone."""
LEAVE_S = 1.5
CAPTURE_S = 0.2

_log = get_logger(__name__)

_CAUSES = {
    rtc.DisconnectReason.ROOM_DELETED: RoomCloseCause.DELETED,
    rtc.DisconnectReason.ROOM_CLOSED: RoomCloseCause.DELETED,
    rtc.DisconnectReason.PARTICIPANT_REMOVED: RoomCloseCause.REMOVED,
    rtc.DisconnectReason.DUPLICATE_IDENTITY: RoomCloseCause.SUPERSEDED,
}

_MICROPHONES = {rtc.TrackSource.SOURCE_MICROPHONE, rtc.TrackSource.SOURCE_UNKNOWN}


class LiveKitRoom(CallRoom):
    def __init__(
        self,
        url: str,
        token: str,
        clock: Clock,
        *,
        speaks: bool = True,
        hears: bool = True,
        frame_ms: int = FRAME_MS,
        is_server_there: IsServerThere | None = None,
    ) -> None:
        """`speaks` False: no track is published, and nothing may be played. `hears` False: no microphone is asked for.
        `frame_ms`: of the microphones. `is_server_there` None: nobody watches whether media get through."""
        self._url = url
        self._token = token
        self._frame_ms = frame_ms
        self._room = rtc.Room()
        self._events = ffi_events()
        # Who says nothing needs none: it is a thread's work a hundred times a second.
        self._source = rtc.AudioSource(pcm.SAMPLE_RATE_HZ, 1, PLAY_QUEUE_MS) if speaks else None
        self._hears = hears
        self._microphones: dict[str, rtc.RemoteTrack] = {}
        self._voices = Voices()
        self._subscriptions = Subscriptions(
            self._room,
            clock,
            microphones=self._published,
            is_given=self._microphones.__contains__,
            tell=self._tell,
        )
        self._chat: Chat | None = None
        if speaks and hears:
            # Of who is there to answer.
            self._chat = Chat(self._room, clock, is_person=_is_person, tell=self._tell)
        self._path: PathLooks | None = None
        if is_server_there is not None:
            self._path = PathLooks(self._room, clock, is_server_there=is_server_there, tell=self._tell)
        self._on_event: Callable[[RoomEvent], None] | None = None
        self._own: rtc.LocalTrackPublication | None = None
        self._turning_back: asyncio.Task[None] | None = None
        """Of who was given up on the way into the room."""
        self._left = False
        self._cuts = 0
        self._capturing: asyncio.Future[None] | None = None

    async def join(self, on_event: Callable[[RoomEvent], None]) -> None:
        self._on_event = on_event
        self._listen()
        # A task of its own, which is never cancelled with this one: the SDK then forgets the connection, which comes
        # about natively all the same and stays in the room.
        connecting = asyncio.create_task(self._connect(), name="connect to a room")
        try:
            async with asyncio.timeout(CONNECT_S):
                await asyncio.wait({connecting})
                await connecting
                if self._hears:
                    self._subscriptions.start()
                if self._source is not None:
                    await self._publish(self._source)
                if self._path is not None:
                    self._path.start()
        except (rtc.ConnectError, TimeoutError) as error:
            raise RoomUnreachable(type(error).__name__) from None
        except rtc.participant.PublishTrackError:
            raise RoomUnreachable("the agent's track could not be published") from None
        finally:
            # Who is in, and only has no voice yet, can still be told of the end, and leaves as others do.
            if not connecting.done():
                self._on_event = None
                self._turning_back = asyncio.create_task(self._turn_back(connecting), name="turn back from a room")

    async def _connect(self) -> None:
        await self._room.connect(self._url, self._token, rtc.RoomOptions(auto_subscribe=self._hears))
        self._events.narrow(self._room)
        # At once: the room's next events are told behind these.
        for participant in list(self._room.remote_participants.values()):
            self._joined(participant)

    async def _turn_back(self, connecting: asyncio.Task[None]) -> None:
        await asyncio.wait({connecting}, timeout=LATE_S)
        if not connecting.done():
            _log.warning("a connection that was given up may yet come about")
            connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)
        await self._disconnect()

    async def _disconnect(self) -> None:
        try:
            async with asyncio.timeout(LEAVE_S):
                await self._room.disconnect()
        except TimeoutError:
            pass
        except Exception:  # what follows frees native objects
            _log.exception("a room could not be left")

    async def _publish(self, source: rtc.AudioSource) -> None:
        track = rtc.LocalAudioTrack.create_audio_track("agent", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        options.audio_encoding.max_bitrate = VOICE_BITRATE
        self._own = await self._room.local_participant.publish_track(track, options)

    @property
    def _track_id(self) -> str | None:
        """Another one when the SDK had to connect anew."""
        return None if self._own is None else self._own.sid

    async def microphone(self, track_id: str, may_wait: MayWait | None = None) -> AsyncIterator[Pcm]:
        track = self._microphones.get(track_id)
        if track is None:
            return
        microphone = Microphone(track, self._frame_ms, may_wait)
        try:
            async for frame in microphone.frames():
                yield frame
        finally:
            await microphone.aclose()

    async def play(self, pcm_frame: Pcm) -> None:
        # Shielded: a source whose `capture_frame` was cancelled half-way takes nothing more, and may never let go.
        capturing = self._capturing = asyncio.ensure_future(self._capture(pcm_frame, self._cuts))
        try:
            await asyncio.shield(capturing)
        except Exception as error:  # the SDK raises bare `Exception` and `RtcError` here
            raise RoomUnreachable(type(error).__name__) from None

    async def _capture(self, pcm_frame: Pcm, cuts: int) -> None:
        if cuts != self._cuts or self._source is None:
            return  # cut before it began
        frame = rtc.AudioFrame(pcm_frame, pcm.SAMPLE_RATE_HZ, 1, len(pcm_frame) // pcm.BYTES_PER_SAMPLE)
        await self._source.capture_frame(frame)

    def queued_ms(self) -> float:
        return 0.0 if self._source is None else self._source.queued_duration * 1000

    def stop_playing(self) -> None:
        self._cuts += 1
        if self._source is not None:
            self._source.clear_queue()

    async def show_mood(self, mood: AgentMood) -> None:
        await self._quietly(lambda me: me.set_attributes({ATTRIBUTE_AGENT_STATE: mood.value}))

    async def caption(self, speaker: Identity, track_id: str | None, segment_id: str, text: str, final: bool) -> None:
        attributes = _caption_attributes(segment_id, track_id, final=final)

        async def send(me: rtc.LocalParticipant) -> None:
            writer = await me.stream_text(topic=TOPIC_TRANSCRIPTION, sender_identity=speaker, attributes=attributes)
            await writer.write(text)
            await writer.aclose()

        await self._quietly(send)

    async def agent_caption(self, segment_id: str) -> CaptionStream:
        return _AgentCaption(self, _caption_attributes(segment_id, self._track_id, final=False))

    async def tell(self, topic: str, payload: bytes) -> None:
        await self._quietly(lambda me: me.publish_data(payload, reliable=True, topic=topic))

    async def leave(self) -> None:
        if self._left:
            return
        self._left, self._on_event = True, None
        self._cuts += 1
        await self._subscriptions.aclose()
        if self._chat is not None:
            await self._chat.aclose()
        if self._path is not None:
            await self._path.aclose()
        if self._capturing is not None:
            await asyncio.wait({self._capturing}, timeout=CAPTURE_S)
        turning_back = self._turning_back
        if turning_back is None:
            await self._disconnect()
        else:
            await asyncio.wait({turning_back}, timeout=LEAVE_S)
        if self._source is not None:
            await release(self._source._ffi_handle.dispose, "audio source")
        if turning_back is not None:
            # It is not cancelled with who has no more time to wait for it.
            await asyncio.wait({turning_back})

    async def _quietly(self, send: Callable[[rtc.LocalParticipant], Any]) -> None:
        """Captions and signals are lost with a room that is going away; that is never a reason to end anything."""
        if not self._room.isconnected():
            return
        try:
            await send(self._room.local_participant)
        except Exception as error:  # a different exception class for each kind of request, and bare ones
            _log.debug("a message to the room was lost", error=type(error).__name__)

    def _listen(self) -> None:
        self._room.on("participant_connected", self._joined)
        self._room.on("participant_disconnected", self._gone)
        self._room.on("track_subscribed", self._track_on)
        self._room.on("track_unsubscribed", self._track_off)
        self._room.on("track_muted", lambda who, track: self._track_muted(who, track, True))
        self._room.on("track_unmuted", lambda who, track: self._track_muted(who, track, False))
        self._room.on("local_track_subscribed", lambda _: self._tell(AgentAudible()))
        self._room.on("disconnected", self._closed)

    def _tell(self, event: RoomEvent) -> None:
        if self._on_event is not None:
            self._on_event(event)

    def _joined(self, participant: rtc.RemoteParticipant) -> None:
        if _is_person(participant):
            self._tell(PersonJoined(Identity(participant.identity)))

    def _gone(self, participant: rtc.RemoteParticipant) -> None:
        self._voices.forget(Identity(participant.identity))
        if _is_person(participant):
            on_purpose = participant.disconnect_reason == rtc.DisconnectReason.CLIENT_INITIATED
            unseen = self._room.connection_state != rtc.ConnectionState.CONN_CONNECTED
            self._tell(PersonLeft(Identity(participant.identity), on_purpose, unseen))

    def _published(self) -> Microphones:
        return {
            publication.sid: (Identity(participant.identity), publication)
            for participant in self._room.remote_participants.values()
            for publication in participant.track_publications.values()
            if _is_microphone(publication, participant)
        }

    def _track_on(
        self, track: rtc.RemoteTrack, publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant
    ) -> None:
        if _is_microphone(publication, participant):
            self._microphones[publication.sid] = track
            named = publication.source == rtc.TrackSource.SOURCE_MICROPHONE
            if self._voices.came(Identity(participant.identity), publication.sid, named=named):
                self._microphone_on(participant, publication)
            else:
                _log.info("a second track of a person is not heard", track=publication.sid)

    def _microphone_on(self, participant: rtc.RemoteParticipant, publication: rtc.RemoteTrackPublication) -> None:
        self._tell(MicrophoneOn(Identity(participant.identity), publication.sid))
        if publication.muted:
            self._track_muted(participant, publication, True)

    def _track_off(
        self, _: rtc.RemoteTrack, publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant
    ) -> None:
        if self._microphones.pop(publication.sid, None) is None:
            return
        who = Identity(participant.identity)
        self._tell(MicrophoneOff(who, publication.sid))
        other = participant.track_publications.get(self._voices.went(who, publication.sid) or "")
        if other is not None:
            self._microphone_on(participant, other)

    def _track_muted(self, participant: rtc.Participant, publication: rtc.TrackPublication, muted: bool) -> None:
        if publication.sid in self._microphones:
            self._tell(MicrophoneMuted(Identity(participant.identity), publication.sid, muted))

    def _closed(self, reason: rtc.DisconnectReason.ValueType) -> None:
        self._tell(RoomClosed(_CAUSES.get(reason, RoomCloseCause.LOST)))


class _AgentCaption(CaptionStream):
    """One text stream per segment, opened with its first words, as LiveKit's own agents do it."""

    def __init__(self, room: LiveKitRoom, attributes: dict[str, str]) -> None:
        self._room = room
        self._attributes = attributes
        self._writer: rtc.TextStreamWriter | None = None

    async def write(self, text: str) -> None:
        async def send(me: rtc.LocalParticipant) -> None:
            if self._writer is None:
                self._writer = await me.stream_text(topic=TOPIC_TRANSCRIPTION, attributes=self._attributes)
            await self._writer.write(text)

        await self._room._quietly(send)

    async def finish(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            await self._room._quietly(
                lambda _: writer.aclose(attributes={**self._attributes, ATTRIBUTE_TRANSCRIPTION_FINAL: "true"})
            )


def _caption_attributes(segment_id: str, track_id: str | None, *, final: bool) -> dict[str, str]:
    attributes = {
        ATTRIBUTE_TRANSCRIPTION_SEGMENT_ID: segment_id,
        ATTRIBUTE_TRANSCRIPTION_FINAL: "true" if final else "false",
    }
    if track_id:
        attributes[ATTRIBUTE_TRANSCRIPTION_TRACK_ID] = track_id
    return attributes


def _is_microphone(publication: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant) -> bool:
    """Also one that nobody has called so: many SDKs publish a track without a source unless they are told to."""
    is_sound = publication.kind == rtc.TrackKind.KIND_AUDIO
    return is_sound and publication.source in _MICROPHONES and _is_person(participant)


def _is_person(participant: rtc.RemoteParticipant) -> bool:
    return participant.kind != rtc.ParticipantKind.PARTICIPANT_KIND_AGENT and not is_agent_identity(
        participant.identity
    )
