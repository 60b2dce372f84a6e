"""One participant in a LiveKit room: an open microphone, an ear for the agent, captions, and why the call was over."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import numpy as np
from livekit import rtc

from scripts.caller.captions import FINAL, SEGMENT_ID, TOPIC, Caption, Captions
from scripts.caller.hearing import Hearing
from scripts.caller.microphone import Microphone
from scripts.caller.problem import CallerProblem
from scripts.caller.release import release
from shared import pcm, room_signals, wire
from shared.clock import Clock
from shared.ids import Identity, is_agent_identity
from worker.adapters.subscriptions import Microphones, Subscriptions

HEAR_FRAME_MS = 20
CHAT_TOPIC = "lk.chat"
_CONNECT_S = 15.0
_LEAVE_S = 5.0
_MAX_SIGNAL_BYTES = 4096

OnCaption = Callable[[Caption, str, bool], None]
"""(the caption as it is now, the words that came, whether this stream of it has ended)."""


class Phone:
    def __init__(self, clock: Clock, on_caption: OnCaption) -> None:
        self.clock = clock
        self.hearing = Hearing()
        self.voices: dict[str, Hearing] = {}
        """What each agent was heard to say, by its participant's session id: a successor has another one."""
        self.captions = Captions()
        self.microphone = Microphone(clock)
        self.agent_heard_s: float | None = None
        """When the agent's audio track was there."""
        self.agent_identity = ""
        self.agent_here = asyncio.Event()
        self.over = asyncio.Event()
        """The room is gone, for whatever reason."""
        self.told_reason: str | None = None
        """The reason that the room was told before it closed."""
        self.chat: list[str] = []
        """What was written to it in the room's chat."""
        self._on_caption = on_caption
        self._room = rtc.Room()
        self._track: rtc.LocalAudioTrack | None = None
        self._speaking: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._ears: dict[str, asyncio.Task[None]] = {}
        self._subscriptions = Subscriptions(
            self._room, clock, microphones=self._agents, is_given=self._ears.__contains__, tell=lambda _: None
        )

    async def join(self, url: str, token: str) -> None:
        """Raises `CallerProblem`."""
        self._room.on("track_subscribed", self._on_track)
        self._room.on("track_unsubscribed", self._on_track_gone)
        self._room.on("data_received", self._on_data)
        self._room.on("disconnected", lambda _reason: self.over.set())
        self._room.register_text_stream_handler(TOPIC, self._on_words)
        self._room.register_text_stream_handler(CHAT_TOPIC, self._on_message)
        try:
            async with asyncio.timeout(_CONNECT_S):
                await self._room.connect(url, token)
                self._subscriptions.start()
                self._track = rtc.LocalAudioTrack.create_audio_track("microphone", self.microphone.source)
                options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
                await self._room.local_participant.publish_track(self._track, options)
        except (rtc.ConnectError, rtc.participant.PublishTrackError, TimeoutError) as error:
            await self._subscriptions.aclose()
            raise CallerProblem(f"LiveKit at {url} cannot be joined: {str(error) or type(error).__name__}.") from error
        self._speaking = asyncio.create_task(self.microphone.run(), name="microphone")

    @property
    def others(self) -> set[str]:
        """The identities of everybody else whom this phone sees in the room."""
        return set(self._room.remote_participants)

    async def write(self, text: str) -> None:
        """Send a message to the room's chat, as LiveKit's front ends do."""
        await self._room.local_participant.send_text(text, topic=CHAT_TOPIC)

    def mute(self) -> None:
        """What is said from here on leaves nobody's mouth."""
        if self._track:
            self._track.mute()

    def unmute(self) -> None:
        if self._track:
            self._track.unmute()

    async def hang_up(self) -> None:
        """Leave on purpose."""
        self.microphone.close()
        if self._speaking:
            await self._speaking
        await self._stop_tasks()
        await self._subscriptions.aclose()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LEAVE_S):
                await self._room.disconnect()
        # What the room began while it was left: a track may come at the last moment.
        await self._stop_tasks()
        await release(self.microphone.source)

    async def _stop_tasks(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _start(self, work: asyncio._CoroutineLike[None], name: str) -> asyncio.Task[None]:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _agents(self) -> Microphones:
        return {
            publication.sid: (Identity(participant.identity), publication)
            for participant in self._room.remote_participants.values()
            if is_agent_identity(participant.identity)
            for publication in participant.track_publications.values()
            if publication.kind == rtc.TrackKind.KIND_AUDIO
        }

    def _on_track(
        self, track: rtc.RemoteTrack, _: rtc.RemoteTrackPublication, participant: rtc.RemoteParticipant
    ) -> None:
        if track.kind != rtc.TrackKind.KIND_AUDIO or not is_agent_identity(participant.identity):
            return
        self.agent_identity = participant.identity
        self.agent_heard_s = self.agent_heard_s or self.clock.monotonic_s()
        self.agent_here.set()
        voice = self.voices.setdefault(participant.sid, Hearing())
        self._ears[track.sid] = self._start(self._listen(track, voice), "ear")

    def _on_track_gone(self, track: rtc.RemoteTrack, *_: object) -> None:
        """The connection's slot is used again: an open ear would hear whoever speaks there next."""
        ear = self._ears.pop(track.sid, None)
        if ear:
            ear.cancel()

    async def _listen(self, track: rtc.RemoteTrack, voice: Hearing) -> None:
        stream = rtc.AudioStream(track, sample_rate=pcm.SAMPLE_RATE_HZ, num_channels=1, frame_size_ms=HEAR_FRAME_MS)
        try:
            async for event in stream:
                samples, now_s = np.frombuffer(event.frame.data, dtype="<i2"), self.clock.monotonic_s()
                self.hearing.hear(samples, now_s)
                voice.hear(samples, now_s)
        finally:
            await stream.aclose()

    def _on_words(self, reader: rtc.TextStreamReader, identity: str) -> None:
        self._start(self._read(reader, identity), "caption")

    def _on_message(self, reader: rtc.TextStreamReader, _identity: str) -> None:
        self._start(self._read_message(reader), "message")

    async def _read_message(self, reader: rtc.TextStreamReader) -> None:
        with contextlib.suppress(rtc.StreamError):
            self.chat.append(await reader.read_all())

    async def _read(self, reader: rtc.TextStreamReader, identity: str) -> None:
        attributes = reader.info.attributes or {}
        caption = self.captions.open(identity, attributes.get(SEGMENT_ID, ""), self.clock.monotonic_s())
        stream = caption.streams
        try:
            async for words in reader:
                if not caption.add(words, stream):
                    return
                self._on_caption(caption, words, False)
        except rtc.StreamError:
            return  # cut off with the room
        caption.final = caption.final or (reader.info.attributes or {}).get(FINAL) == "true"
        self._on_caption(caption, "", True)

    def _on_data(self, packet: rtc.DataPacket) -> None:
        self.told_reason = self.told_reason or end_reason(packet)


def end_reason(packet: rtc.DataPacket) -> str | None:
    """What this says of why the call is over. Only the server and agents are believed: people can send the same."""
    is_service = packet.participant is None or is_agent_identity(packet.participant.identity)
    if packet.topic != room_signals.CALL_ENDED_TOPIC or not is_service:
        return None
    try:
        message = wire.parse_object(packet.data, max_bytes=_MAX_SIGNAL_BYTES)
        return wire.optional_text(message, "endReason")
    except wire.WireError:
        return None
